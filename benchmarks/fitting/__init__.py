"""The weights of evidence, fitted on simulated days: `python benchmarks/fitting` writes `config/evidence.toml` anew."""
