"""How CONNECT is installed, started, watched and packed: the embedded runtime and the operator's command line."""
