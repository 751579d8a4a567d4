"""What a page shows, read by a script in a world of its own (CDP Page.createIsolatedWorld), which no page can see."""

from collections.abc import Mapping
from typing import Any, Final

READ: Final = """
(() => {
  const known = globalThis.known ??= {keys: new WeakMap(), all: [], stamp: Math.random().toString(36).slice(2)};
  const keyOf = element => {
    if (!known.keys.has(element)) {
      known.keys.set(element, `web:${known.stamp}:${known.all.length}`);
      known.all.push(new WeakRef(element));
    }
    return known.keys.get(element);
  };
  const pane = visualViewport, ratio = devicePixelRatio * pane.scale, nodes = [];
  const across = [pane.offsetLeft, pane.offsetTop, pane.offsetLeft, pane.offsetTop];
  const words = element => (element.innerText ?? element.textContent ?? '').replace(/\\s+/g, ' ').trim();
  const own = element => [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim());
  const labelled = element => element.getAttribute('aria-label')
    || (element.labels && element.labels[0] && words(element.labels[0])) || element.placeholder || '';
  const kindOf = element => {
    const tag = element.tagName, type = (element.type || '').toLowerCase();
    if (/^H[1-6]$/.test(tag)) return 'heading';
    if (tag === 'BUTTON' || (tag === 'A' && element.href)) return 'button';
    if (tag === 'INPUT' && ['submit', 'button', 'reset', 'image'].includes(type)) return 'button';
    if (tag === 'INPUT' && ['checkbox', 'radio'].includes(type)) return 'switch';
    if (tag === 'INPUT' || tag === 'TEXTAREA') return 'field';
    if (tag === 'IMG') return 'image';
    return own(element) ? 'label' : '';
  };
  const visit = element => {
    const kind = kindOf(element), rect = element.getBoundingClientRect();
    const seen = rect.width > 0 && rect.height > 0 && getComputedStyle(element).visibility === 'visible'
      && rect.bottom > pane.offsetTop && rect.top < pane.offsetTop + pane.height
      && rect.right > pane.offsetLeft && rect.left < pane.offsetLeft + pane.width;
    if (kind && seen) {
      const field = kind === 'field', password = field && element.type === 'password';
      const value = field ? element.value : element.tagName === 'INPUT' ? element.value : words(element);
      nodes.push({
        key: keyOf(element), kind, id: element.id, password, enabled: !element.disabled, web: true,
        text: password ? '\\u2022'.repeat(value.length) : kind === 'switch' ? labelled(element) : value,
        hint: field ? labelled(element) : '', description: element.alt || '',
        checked: kind === 'switch' ? element.checked : null, clickable: ['button', 'field', 'switch'].includes(kind),
        bounds: [rect.left, rect.top, rect.right, rect.bottom]
          .map((each, edge) => Math.round((each - across[edge]) * ratio)),
      });
    }
    if (!['heading', 'button'].includes(kind)) for (const child of element.children) visit(child);
  };
  if (document.body) visit(document.body);
  return {nodes, host: location.hostname, address: location.href};
})()
"""
"""Gives the nodes in sight as a VIEW's children; a password never leaves the page."""

PLACE: Final = """
(key => {
  const found = globalThis.known?.all.map(each => each.deref()).find(each => each && known.keys.get(each) === key);
  if (!found || !found.isConnected) return null;
  const rect = found.getBoundingClientRect(), pane = visualViewport;
  return [rect.left + rect.width / 2 - pane.offsetLeft, rect.top + rect.height / 2 - pane.offsetTop]
    .map(each => each * pane.scale);
})
"""
FOCUS: Final = """
(key => {
  const found = globalThis.known?.all.map(each => each.deref()).find(each => each && known.keys.get(each) === key);
  if (!found || !found.isConnected) return false;
  found.focus();
  found.select?.();
  return true;
})
"""


LEAVING: Final = "leaving"
"""The binding that is told of addresses which are none of the web's."""
WATCH: Final = """
(() => {
  const web = /^(https?|about|blob|data|javascript|chrome|chrome-error):/i;
  navigation.addEventListener('navigate', event => {
    if (web.test(event.destination.url)) return;
    event.preventDefault();
    leaving(event.destination.url);
  });
})()
"""
"""Takes a page's own ways to an app before the engine does, whose question for leave nobody would answer."""


def value_of(answer: Mapping[str, Any]) -> Any:  # noqa: ANN401 -- whatever the script gives
    """The value of a Runtime.evaluate; None where the page has gone meanwhile or the script raised."""
    return None if "exceptionDetails" in answer else answer.get("result", {}).get("value")
