"""The runs room's refusals.

Refusal
├── NoDepartment       she is in no department: nobody would pay, and nobody would own what she makes
├── KeyReused          the idempotency key belongs to another question
└── ModelCannot        the model does not do what is asked of it: images, functions, embeddings
"""

from playground.lib.refusal import Refusal


class NoDepartment(Refusal):
    code = "no_department"


class KeyReused(Refusal):
    code = "idempotency_key_reused"


class ModelCannot(Refusal):
    code = "model_cannot"
