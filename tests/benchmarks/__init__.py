"""How fast the product is, as ratios within one run. `make bench` prints them; figures are kept in BENCHMARKS.md."""
