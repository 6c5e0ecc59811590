"""The pages of documents in the admin: list, page, editor, steps, numbering. `DocumentAdmin` has a type's own."""
