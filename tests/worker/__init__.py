"""Tests of the package in a Python Worker."""
