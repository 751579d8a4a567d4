"""Verdicts: one module per group of claims; a test is fixtures + scenario + assert, marked with its claim."""

import pytest

claim = pytest.mark.claim
