"""How fast worlds are lived, beside the same model as ordinary Mesa.

`bench.bench` measures; `peer` is that other model. Nothing is loaded here, so that the peer's processes load
no more than they need.
"""
