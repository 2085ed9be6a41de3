// The query editor: CodeMirror with the language service of the worker; the server has the last word on errors.
import { useEffect, useImperativeHandle, useLayoutEffect, useRef, type Ref } from 'react';
import { acceptCompletion, autocompletion, closeBrackets, closeBracketsKeymap, closeCompletion, completionKeymap, type Completion, type CompletionContext, type CompletionResult } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab, toggleComment } from '@codemirror/commands';
import { bracketMatching } from '@codemirror/language';
import { lintGutter, lintKeymap, setDiagnostics, type Diagnostic } from '@codemirror/lint';
import { highlightSelectionMatches, searchKeymap } from '@codemirror/search';
import { EditorState, StateEffect, StateField, Transaction } from '@codemirror/state';
import {
  Decoration, drawSelection, EditorView, highlightActiveLine, hoverTooltip, keymap, lineNumbers, tooltips, type DecorationSet, type ViewUpdate,
} from '@codemirror/view';
import { nonce } from '../app/nonce';
import { ask, blockAt, blocksOf, verdictOn, type Verdict } from './language';

export interface EditorHandle {
  text: () => string;
  toRun: () => { text: string; from: number }; // the selection, or the block that the caret is in
  replace: (text: string) => void;
  insert: (text: string) => void;
  goTo: (at: number) => void;
}

interface Props {
  handle: Ref<EditorHandle>;
  text: string; // at the beginning
  edition: number; // of what the language service knows: another one has the text coloured and judged again
  changed: (text: string) => void;
  run: () => void;
  save: () => void;
  judged: (verdict: Verdict) => void;
}

const setColours = StateEffect.define<DecorationSet>();
const colours = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(before, transaction) {
    for (const effect of transaction.effects) if (effect.is(setColours)) return effect.value;
    return before.map(transaction.changes);
  },
  provide: (field) => EditorView.decorations.from(field),
});

const marks = new Map<string, Decoration>();
const markOf = (kind: string) => {
  if (!marks.has(kind)) marks.set(kind, Decoration.mark({ class: `kql-${kind.toLowerCase()}` }));
  return marks.get(kind)!;
};

// Colours each block; the longest a person writes is a few hundred lines.
async function colour(view: EditorView) {
  const text = view.state.doc.toString();
  const found = await Promise.all(blocksOf(text).map(async (block) => (await ask('colours', { text: block.text })).map((one) => ({ ...one, from: one.from + block.from, to: one.to + block.from }))));
  if (view.state.doc.toString() !== text) return;
  const ranges = found.flat().filter(({ from, to, kind }) => from < to && to <= text.length && kind !== 'PlainText').map(({ from, to, kind }) => markOf(kind).range(from, to));
  view.dispatch({ effects: setColours.of(Decoration.set(ranges, true)) });
}

async function judge(view: EditorView, judged: (verdict: Verdict) => void) {
  const text = view.state.doc.toString();
  const blocks = blocksOf(text);
  const still = () => view.state.doc.toString() === text;
  const show = (found: Diagnostic[]) => still() && view.dispatch(setDiagnostics(view.state, found));
  const at = (from: number, to: number) => ({ from: Math.min(from, text.length), to: Math.min(Math.max(to, from + 1), text.length) });
  const first = await Promise.all(blocks.map(async (block) => (await ask('lint', { text: block.text })).map((one): Diagnostic => ({ ...at(one.from + block.from, one.to + block.from), severity: 'error', message: one.words, source: one.kind }))));
  show(first.flat());
  try {
    const last = await Promise.all(blocks.map(async (block) => ({ block, verdict: await verdictOn(block.text) })));
    show(last.flatMap(({ block, verdict }) => verdict.errors.map((one): Diagnostic => ({ ...at(one.from + block.from, one.to + block.from), severity: 'error', message: one.hint ? `${one.words}\n${one.hint}` : one.words, source: one.kind }))));
    if (still()) judged({ errors: last.flatMap(({ verdict }) => verdict.errors), tablesWithoutSource: [...new Set(last.flatMap(({ verdict }) => verdict.tablesWithoutSource))] });
  } catch {
    // The server is away: what the language service said stays, and running will tell.
  }
}

const signs: Record<string, string> = {
  Column: 'property', Table: 'class', BuiltInFunction: 'function', AggregateFunction: 'function', LocalFunction: 'function', QueryPrefix: 'keyword', Keyword: 'keyword',
  ScalarInfix: 'keyword', Variable: 'variable', Parameter: 'variable', ScalarPrefix: 'function', RenderChart: 'enum',
};

async function complete(context: CompletionContext): Promise<CompletionResult | null> {
  const text = context.state.doc.toString();
  const before = context.matchBefore(/[\w$]+/);
  if (!context.explicit && !before && !/[\s|(,.=]$/.test(text.slice(0, context.pos))) return null;
  const block = blockAt(text, context.pos);
  // Behind the block (a new line after a blank one) another query begins.
  const inside = context.pos >= block.from && context.pos <= block.to + 1;
  const part = inside ? text.slice(block.from, Math.max(block.to, context.pos)) : '';
  const offset = inside ? block.from : context.pos;
  const { from, items } = await ask('complete', { text: part, at: context.pos - offset });
  // What is written out already needs no proposal.
  if (!context.explicit && items.every(({ label }) => label === before?.text || !label.toLowerCase().includes((before?.text ?? '').toLowerCase()))) return null;
  const most = items.length;
  return {
    from: from + offset,
    options: items.map((one, i): Completion => ({
      label: one.label,
      type: signs[one.kind] ?? 'text',
      detail: one.kind === 'Column' ? 'column' : one.kind === 'Table' ? 'table' : undefined,
      info: one.doc || undefined,
      boost: 50 - (100 * i) / most,
      apply: (view, _, start, end) => view.dispatch({
        changes: { from: start, to: end, insert: one.before + one.after }, selection: { anchor: start + one.before.length }, annotations: Transaction.userEvent.of('input.complete'),
      }),
    })),
    validFor: /^[\w$]*$/,
  };
}

const hover = hoverTooltip(async (view, pos) => {
  const block = blockAt(view.state.doc.toString(), pos);
  if (pos < block.from || pos > block.to) return null;
  const words = await ask('hover', { text: block.text, at: pos - block.from });
  if (!words) return null;
  const word = view.state.wordAt(pos);
  return {
    pos: word?.from ?? pos, end: word?.to, above: true,
    create() {
      const dom = document.createElement('div');
      dom.className = 'kql-hover';
      dom.textContent = words.replaceAll(/\n{2,}/g, '\n').trim();
      return { dom };
    },
  };
});

// Typing over coloured text: the browser would keep its look with an inline style, which the page's policy refuses and reports.
const overSelection = EditorView.domEventHandlers({
  beforeinput(event, view) {
    const { main } = view.state.selection;
    const text = event.data;
    if (event.inputType !== 'insertText' || !text || main.empty || view.composing) return false;
    event.preventDefault();
    const insert = () => view.state.update(view.state.replaceSelection(text), { userEvent: 'input.type', scrollIntoView: true });
    if (!view.state.facet(EditorView.inputHandler).some((handles) => handles(view, main.from, main.to, text, insert))) view.dispatch(insert());
    return true;
  },
});

export default function Editor({ handle, text, edition, changed, run, save, judged }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  const calls = useRef({ changed, run, save, judged });
  const timers = useRef<ReturnType<typeof setTimeout>[]>([]);
  calls.current = { changed, run, save, judged };
  const still = () => timers.current.forEach(clearTimeout);
  const think = (made: EditorView) => {
    still();
    timers.current = [
      setTimeout(() => void colour(made).catch(() => {}), 60),
      setTimeout(() => void judge(made, (verdict) => calls.current.judged(verdict)).catch(() => {}), 350),
    ];
  };
  // Before the handle is given out: whoever holds it may use it at once.
  useLayoutEffect(() => {
    const command = (does: () => void) => () => { does(); return true; };
    const runs = (of: EditorView) => { closeCompletion(of); calls.current.run(); return true; };
    const made = new EditorView({
      parent: box.current!,
      state: EditorState.create({
        doc: text,
        extensions: [
          EditorView.cspNonce.of(nonce),
          keymap.of([
            { key: 'Shift-Enter', run: runs },
            { key: 'Mod-Enter', run: runs },
            { key: 'Mod-s', run: command(() => calls.current.save()) },
            { key: 'Mod-/', run: toggleComment },
            { key: 'Tab', run: acceptCompletion },
          ]),
          keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...searchKeymap, ...historyKeymap, ...completionKeymap, ...lintKeymap, indentWithTab]),
          lineNumbers(), history(), drawSelection(), highlightActiveLine(), bracketMatching(), closeBrackets(), highlightSelectionMatches(), lintGutter(),
          // Above everything, and within the theme: outside of it no colour has a value, and a tooltip would be see-through.
          tooltips({ parent: box.current!.closest<HTMLElement>('.fui-FluentProvider') ?? document.body }),
          autocompletion({ override: [complete], maxRenderedOptions: 200 }),
          hover, colours, EditorView.lineWrapping,
          overSelection,
          EditorState.languageData.of(() => [{ commentTokens: { line: '//' } }]),
          EditorView.contentAttributes.of({ 'aria-label': 'Query', spellcheck: 'false' }),
          EditorView.updateListener.of((update: ViewUpdate) => {
            if (!update.docChanged) return;
            calls.current.changed(update.state.doc.toString());
            think(update.view);
          }),
        ],
      }),
    });
    view.current = made;
    // Who opened something over the screen before the editor was there types into that.
    if (!document.activeElement?.closest('[aria-modal=true]')) made.focus();
    return () => {
      still();
      made.destroy();
    };
    // The text is that of the beginning; another tab is another editor.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, []);
  useEffect(() => think(view.current!), [edition]);
  useImperativeHandle(handle, () => ({
    text: () => view.current!.state.doc.toString(),
    toRun() {
      const { doc, selection: { main } } = view.current!.state;
      if (!main.empty && doc.sliceString(main.from, main.to).trim()) return { text: doc.sliceString(main.from, main.to), from: main.from };
      return blockAt(doc.toString(), main.head);
    },
    replace(next) {
      const made = view.current!;
      made.dispatch({ changes: { from: 0, to: made.state.doc.length, insert: next }, selection: { anchor: next.length } });
    },
    insert(words) {
      const made = view.current!;
      made.dispatch(made.state.replaceSelection(words));
      made.focus();
    },
    goTo(at) {
      const made = view.current!;
      made.dispatch({ selection: { anchor: Math.min(at, made.state.doc.length) }, scrollIntoView: true });
      made.focus();
    },
  }), []);
  return <div className="hunt-editor" ref={box} />;
}
