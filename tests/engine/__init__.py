"""Tests with a real Docker engine, registries and AWS CLI, on loopback addresses only."""
