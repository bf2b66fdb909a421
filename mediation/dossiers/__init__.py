"""Dossiers: the papers of a case bound in order and sealed, their electronic archives, and archives from other systems."""
