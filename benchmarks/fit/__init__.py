"""The fit of the weights of evidence to simulated days. `python benchmarks/fit` writes `config/evidence.toml`."""
