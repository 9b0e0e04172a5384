"""What if: comparisons, bridges. All of them call the engine; none computes a deal itself."""
