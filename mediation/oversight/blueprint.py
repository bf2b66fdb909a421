"""The blueprint that oversight's pages hang on."""

from flask import Blueprint

bp = Blueprint("oversight", __name__)
