"""Facts become legal papers here: plain data in, PDF bytes out, with no database, clock or network of its own.

Public parts: :mod:`documents.render` (one paper), :mod:`documents.workers` (render processes), :mod:`documents.bundle`
(kinds and layouts as data), :mod:`documents.facts` (what each kind needs; `mediation papers` prints it),
:mod:`documents.amounts` (大写), :mod:`documents.fonts` (the build step), :mod:`documents.samples` (one of each kind).
"""
