"""How Sphinx makes the site; `python docs/build.py` runs it."""

from pathlib import Path

import symnet

project = "symnet"
author = "the symnet contributors"
release = symnet.__version__
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
html_theme = "furo"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_title = f"symnet {release}"
html_show_copyright = False
html_show_sphinx = False
# What the gallery links to: PDF, HTML and descriptions, as they are.
html_extra_path = [name for name in ["_extra"] if Path(__file__).with_name(name).is_dir()]
exclude_patterns = ["_extra"]
myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 4
autodoc_typehints = "description"
autodoc_member_order = "bysource"
napoleon_numpy_docstring = False
napoleon_use_ivar = True
nitpicky = True
# Types of other libraries, and what is no part of the public interface, have no page here.
nitpick_ignore_regex = [(r"py:.*", r"(?!symnet\.[A-Za-z_]+$).*")]
