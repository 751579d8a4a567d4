"""One table: a row for what one run measured of one benchmark on one phone under one condition."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "result",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("run", sa.String(200), nullable=False),
        sa.Column("measured", sa.DateTime(timezone=True), nullable=False),
        sa.Column("build", sa.String(200), nullable=False),
        sa.Column("version", sa.String(200), nullable=False),
        sa.Column("phone", sa.String(200), nullable=False),
        sa.Column("benchmark", sa.String(300), nullable=False),
        sa.Column("condition", sa.String(500), nullable=False),
        sa.Column("unit", sa.String(20), nullable=False),
        sa.Column("median", sa.Float(53), nullable=False),
        sa.Column("rounds", sa.Text, nullable=False),
        sa.UniqueConstraint("run", "build", "phone", "benchmark", "condition", name="one_result"),
    )
    op.create_index("series", "result", ["benchmark", "phone", "condition", "measured"])


def downgrade() -> None:
    op.drop_table("result")
