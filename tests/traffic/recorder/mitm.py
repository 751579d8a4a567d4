"""mitmproxy's own flows and reader; its import of pyparsing warns, and warnings are errors here."""

import warnings

with warnings.catch_warnings(action="ignore"):
    from mitmproxy.io import FlowReader, tnetstring
    from mitmproxy.test import tflow

__all__ = ["FlowReader", "tflow", "tnetstring"]
