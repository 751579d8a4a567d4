"""Bars of the benchmarks: decisions and trends against simulated data whose truth is known."""
