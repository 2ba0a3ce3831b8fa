"""The files that pages load in the browser: their sources, how they are built, and where the built ones are.

`python -m services.portal.assets build` turns css/, js/ and img/ and what package.json names into static/built:
minified, named by their contents, compressed in advance.
"""
