"""Equilibrium models, one a file; `register.MODELS` names them."""
