"""What the program costs and what its checks find; `python -m benchmarks`, `… benchmarks.power`."""
