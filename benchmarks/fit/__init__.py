"""The weights of evidence, fitted on simulated days: `python benchmarks/fit` writes `config/evidence.toml` anew."""
