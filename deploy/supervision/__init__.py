"""Starting, watching and stopping all processes of one copy of CONNECT on one machine."""
