from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rect:
    """Pixels from the screen's upper left corner; right and bottom lie just outside, as in android.graphics.Rect."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        return self.right - self.left

    @property
    def height(self) -> int:
        return self.bottom - self.top

    @property
    def empty(self) -> bool:
        return self.right <= self.left or self.bottom <= self.top

    @property
    def centre(self) -> tuple[int, int]:
        return (self.left + self.right) // 2, (self.top + self.bottom) // 2

    def holds(self, x: float, y: float) -> bool:
        return self.left <= x < self.right and self.top <= y < self.bottom

    def cut(self, other: "Rect") -> "Rect":
        """The part that both share; an empty rectangle where they share nothing."""
        left, top = max(self.left, other.left), max(self.top, other.top)
        return Rect(left, top, max(left, min(self.right, other.right)), max(top, min(self.bottom, other.bottom)))

    def moved(self, x: int, y: int) -> "Rect":
        return Rect(self.left + x, self.top + y, self.right + x, self.bottom + y)

    def inset(self, x: int, y: int = 0) -> "Rect":
        return Rect(self.left + x, self.top + y, self.right - x, self.bottom - y)
