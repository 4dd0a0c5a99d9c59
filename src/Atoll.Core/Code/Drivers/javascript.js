// The JavaScript side of a code context: reads requests (JSON, one a line) from fd 3 and evaluates them one after another in this process's global scope, by V8's own
// REPL mode (top-level await; const, let and class may be declared again). Needs Node.js 16 with its inspector; no port is opened.
//
// What user code writes goes to stdout and stderr untouched. Between it, in frames that start with a mark only this request knows, go results, errors and the end.
// A frame is written in pieces that a pipe takes whole (PIPE_BUF), so that nothing another process writes can fall inside one.
'use strict';
(importModule => {
  const { Console } = require('console');
  const { createRequire } = require('module');
  const { Writable } = require('stream');
  const { pathToFileURL } = require('url');
  const fs = require('fs'), inspector = require('inspector'), net = require('net'), path = require('path'), util = require('util'), vm = require('vm');

  const PIECE = 3900, MAX_TEXT = 1 << 20;
  const DISPLAY = Symbol.for('Jupyter.display'), GO = Symbol.for('atoll.go'), HOLD = Symbol.for('atoll.take');
  const FIELDS = {
    'text/plain': 'text', 'text/html': 'html', 'text/markdown': 'markdown', 'image/svg+xml': 'svg', 'image/png': 'png', 'image/jpeg': 'jpeg',
    'application/pdf': 'pdf', 'text/latex': 'latex', 'application/json': 'json', 'application/javascript': 'javascript',
  };
  const state = { nonce: '', count: 0, limit: 8 << 20, interrupt: null, shown: [], origin: null, replaced: false };
  const { random } = Math;
  const session = new inspector.Session();
  session.connect();
  const nap = new Int32Array(new SharedArrayBuffer(4));

  function writeAll(fd, data) {
    for (let at = 0; at < data.length;) {
      try {
        at += fs.writeSync(fd, data, at);
      } catch (failure) {
        if (failure.code !== 'EAGAIN') return;
        Atomics.wait(nap, 0, 0, 1); // A child that shares the pipe made it non-blocking.
      }
    }
  }

  // Lone surrogates as text that shows them: no JSON can carry them to everybody. JSON.stringify escapes them, and no others.
  function inUnicode(json) {
    return /\\ud[89a-f]/.test(json) ? json.replace(/\\(?:u(d[89a-f][0-9a-f]{2})|[^])/g, (whole, lone) => (lone ? '\\\\u' + lone : whole)) : json;
  }

  /** At most MAX_TEXT bytes of UTF-8 of it. How many there were goes into cut. */
  function bounded(text, name, cut) {
    if (text.length <= MAX_TEXT / 4) return text;
    const data = Buffer.from(text);
    if (data.length <= MAX_TEXT) return text;
    cut[name] = data.length;
    let end = MAX_TEXT;
    while ((data[end] & 0xc0) === 0x80) end--;
    return data.toString('utf8', 0, end);
  }

  // Code's own errors may fail when they are asked what they say.
  function said(say) {
    try {
      return String(say());
    } catch {
      return '';
    }
  }

  // Node's generators are in this process's memory, which a fork of that memory shares, and cannot be seeded again: others take their places, which ask the kernel. That is so of
  // Math.random() and also of crypto, whose library reads the kernel's random numbers once and makes its own of them.
  function fresh(bytes) {
    const fd = fs.openSync('/dev/urandom');
    for (let at = 0; at < bytes.length;) at += fs.readSync(fd, bytes, at, bytes.length - at);
    fs.closeSync(fd);
    return bytes;
  }

  function bytesOf(view, offset = 0, size) {
    const unit = view.BYTES_PER_ELEMENT ?? 1, length = size === undefined ? view.byteLength - offset * unit : size * unit;
    return ArrayBuffer.isView(view) ? new Uint8Array(view.buffer, view.byteOffset + offset * unit, length) : new Uint8Array(view, offset, length);
  }

  // What is asked for is checked by Node's own, whose numbers are then written over.
  function replaceCrypto() {
    const crypto = require('crypto'), { randomBytes, randomFill, randomFillSync } = crypto, prototype = Object.getPrototypeOf(crypto.webcrypto), { getRandomValues } = prototype;
    crypto.randomBytes = (size, done) => (done === undefined ? fresh(randomBytes(size)) : randomBytes(size, (failure, bytes) => done(failure, failure ? bytes : fresh(bytes))));
    crypto.randomFillSync = (view, ...where) => {
      randomFillSync(view, ...where);
      fresh(bytesOf(view, ...where));
      return view;
    };
    crypto.randomFill = (view, ...rest) => {
      const done = rest.pop();
      randomFill(view, ...rest, failure => {
        if (!failure) fresh(bytesOf(view, ...rest));
        done(failure, view);
      });
    };
    crypto.randomInt = (low, high, done) => {
      if (high === undefined || typeof high === 'function') [low, high, done] = [0, low, high];
      const range = high - low;
      if (!Number.isSafeInteger(low) || !Number.isSafeInteger(high) || range <= 0 || range >= 2 ** 48) throw new RangeError('randomInt() needs safe integers less than 2 ** 48 apart, the lower one first');
      let drawn;
      do drawn = fresh(Buffer.alloc(6)).readUIntBE(0, 6); while (drawn >= 2 ** 48 - (2 ** 48 % range));
      const made = low + drawn % range;
      return done === undefined ? made : void process.nextTick(done, undefined, made);
    };
    crypto.randomUUID = () => {
      const bytes = fresh(Buffer.alloc(16));
      bytes[6] = (bytes[6] & 15) | 64;
      bytes[8] = (bytes[8] & 63) | 128;
      return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
    };
    prototype.getRandomValues = function (view) {
      getRandomValues.call(crypto.webcrypto, view);
      fresh(bytesOf(view));
      return view;
    };
    prototype.randomUUID = crypto.randomUUID;
    require('module').syncBuiltinESMExports();
    state.replaced = true;
  }

  function reseed() {
    if (!state.replaced) replaceCrypto();
    if (Math.random !== random && !Math.random[DISPLAY]) return; // The code's own.
    const pool = new Uint32Array(1024);
    let at = pool.length;
    const drawn = { random() {
      if (at >= pool.length) {
        fresh(bytesOf(pool));
        at = 0;
      }
      return ((pool[at++] >>> 5) * 67108864 + (pool[at++] >>> 6)) / 9007199254740992;
    } }.random;
    Object.defineProperty(drawn, DISPLAY, { value: true });
    Math.random = drawn;
  }

  function emit(frame, fd = 1) {
    const data = Buffer.from(inUnicode(JSON.stringify(frame))), mark = '\x1e' + state.nonce;
    for (let at = 0; at < data.length; at += PIECE) {
      writeAll(fd, Buffer.concat([Buffer.from(mark + (at + PIECE < data.length ? '+' : '.')), data.subarray(at, at + PIECE), Buffer.from('\n')]));
    }
  }

  // Node's own streams would make the pipe non-blocking, and order with frames would be lost.
  function output(fd) {
    const stream = new Writable({ decodeStrings: true, write(chunk, _, done) { writeAll(fd, chunk); done(); } });
    return Object.assign(stream, { fd, isTTY: false, columns: 80, rows: 24 });
  }

  const stdout = output(1), stderr = output(2);
  Object.defineProperty(process, 'stdout', { value: stdout, configurable: true });
  Object.defineProperty(process, 'stderr', { value: stderr, configurable: true });
  Object.defineProperty(globalThis, 'console', { value: new Console({ stdout, stderr }), configurable: true, writable: true });

  class ProcessExit extends Error {
    constructor(code) {
      super(String(code));
      this.name = 'ProcessExit';
      this.exitCode = code;
    }
  }

  // A script's last line must not take the context's state with it.
  process.exit = (code = process.exitCode ?? 0) => { throw new ProcessExit(code); };

  function isPlain(value) {
    if (value === null || typeof value !== 'object') return false;
    const prototype = Object.getPrototypeOf(value);
    return Array.isArray(value) || prototype === null || Object.getPrototypeOf(prototype) === null;
  }

  function bundle(mimes) {
    const fields = {};
    for (const [mime, value] of Object.entries(mimes)) {
      const field = FIELDS[mime], made = Buffer.isBuffer(value) || value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value;
      if (!field) (fields.extra ??= {})[mime] = made;
      else fields[field] = field === 'json' || typeof made === 'string' ? made : String(made);
    }
    return fields;
  }

  async function describe(value) {
    const show = value !== null && ['object', 'function'].includes(typeof value) ? value[DISPLAY] : undefined;
    if (typeof show === 'function') return bundle(await show.call(value));
    const fields = { text: util.inspect(value, { depth: 4, maxArrayLength: 200, maxStringLength: null, breakLength: 100 }) };
    if (isPlain(value)) {
      try {
        fields.json = JSON.parse(JSON.stringify(value));
      } catch {
        // A circle, a BigInt: the text says what it is.
      }
    }
    return fields;
  }

  function emitResult(fields, main) {
    const cut = {}, sizes = {};
    if (typeof fields.text === 'string') fields.text = bounded(fields.text, 'text', cut);
    for (const [name, value] of Object.entries(fields)) sizes[name] = Buffer.byteLength(JSON.stringify(value) ?? '');
    while (Object.values(sizes).reduce((sum, size) => sum + size, 0) > state.limit) {
      const largest = Object.keys(sizes).reduce((a, b) => (sizes[a] >= sizes[b] ? a : b)), value = fields[largest];
      const size = Math.max(cut[largest] ?? 0, typeof value === 'string' ? Buffer.byteLength(value) : sizes[largest]);
      stderr.write(`[the ${largest} of a result was left out: ${size} bytes, and at most ${state.limit} are passed on]\n`);
      cut[largest] = size;
      delete fields[largest];
      delete sizes[largest];
    }
    if (Object.keys(fields).length + Object.keys(cut).length > 0) emit({ type: 'result', main, data: fields, cut });
  }

  // Shows a value as a result; with { raw: true } it is an object by MIME type.
  globalThis.display = (value, options = {}) => {
    const shown = (async () => emitResult(options.raw ? bundle(value) : await describe(value), false))();
    state.shown.push(shown);
    return shown;
  };

  // Scripts have no import statement, and code evaluated this way no import(): both become calls of ours. Texts and comments are stepped over; an import() inside a
  // template's ${} is not found and fails by itself.
  const STATIC = /^[ \t]*import\s+(?:([\w$*{][\w$*{},\s]*?)\s+from\s+)?(['"])([^'"\n]+)\2[ \t]*;?[ \t]*$/gm;
  const DYNAMIC = /(\/\/[^\n]*|\/\*[^]*?\*\/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`)|(?<![\w$.])import(?=\s*\()/g;
  function rewrite(code) {
    const stated = code.replace(STATIC, (whole, what, _, name) => {
      const wait = `await __import(${JSON.stringify(name)})`, lines = '\n'.repeat(whole.split('\n').length - 1);
      if (!what) return wait + ';' + lines;
      const found = /^(?:([\w$]+)\s*,?\s*)?(?:\*\s*as\s+([\w$]+)|\{([^}]*)\})?$/.exec(what.trim());
      if (!found) return whole;
      const parts = [];
      if (found[1]) parts.push('default: ' + found[1]);
      if (found[3]) parts.push(...found[3].split(',').map(part => part.trim()).filter(part => part).map(part => part.replace(/\s+as\s+/, ': ')));
      const taken = found[2] ? `const ${found[2]} = ${wait};` + (found[1] ? `const ${found[1]} = ${found[2]}.default;` : '') : `const { ${parts.join(', ')} } = ${wait};`;
      return taken + lines;
    });
    return stated.replace(DYNAMIC, (whole, passive) => passive ?? '__import');
  }

  function where() {
    try {
      return process.cwd();
    } catch {
      return '/'; // It was removed.
    }
  }

  Object.defineProperty(globalThis, '__import', { value: name => importModule(/^\.{0,2}\//.test(name) ? pathToFileURL(path.resolve(where(), name)).href : name) });

  globalThis[GO] = (expression, done) => session.post('Runtime.evaluate', { expression, replMode: true, objectGroup: 'atoll' }, done);
  const script = new vm.Script(`(0, globalThis[Symbol.for('atoll.go')])(globalThis[Symbol.for('atoll.code')], globalThis[Symbol.for('atoll.done')])`, { filename: 'atoll.js' });

  // The inspector answers with handles; a call through it with the handle gives the value itself.
  function valueOf(remote) {
    if (remote.objectId === undefined) {
      if (remote.unserializableValue === undefined) return remote.value;
      const text = remote.unserializableValue;
      return text.endsWith('n') ? BigInt(text.slice(0, -1)) : Number(text);
    }
    let taken;
    globalThis[HOLD] = value => { taken = value; };
    session.post('Runtime.callFunctionOn', { objectId: remote.objectId, functionDeclaration: "function(v) { globalThis[Symbol.for('atoll.take')](v); }", arguments: [{ objectId: remote.objectId }] });
    return taken;
  }

  class Interrupted extends Error {
    constructor() {
      super('the code was interrupted');
      this.name = 'Interrupted';
      this.stack = '';
    }
  }

  function evaluate(code) {
    return new Promise((resolve, reject) => {
      state.interrupt = () => reject(new Interrupted());
      globalThis[Symbol.for('atoll.code')] = code;
      globalThis[Symbol.for('atoll.done')] = (failure, answer) => {
        if (failure) return reject(Object.assign(new Error(failure.message), { name: 'EvaluationError' }));
        if (!answer.exceptionDetails) return resolve(valueOf(answer.result));
        const details = answer.exceptionDetails, thrown = details.exception ? valueOf(details.exception) : new Error(details.text);
        const isError = thrown instanceof Error || said(() => typeof thrown?.stack) === 'string';
        const error = isError ? thrown : Object.assign(new Error(said(() => util.inspect(thrown))), { name: 'Thrown', stack: '' });
        if (said(() => error.name) === 'SyntaxError') error.place = ` (line ${details.lineNumber + 1}, column ${details.columnNumber + 1})`;
        reject(error);
      };
      try {
        script.runInThisContext({ breakOnSigint: true });
      } catch (failure) {
        reject(failure.code === 'ERR_SCRIPT_EXECUTION_INTERRUPTED' ? new Interrupted() : failure);
      }
    });
  }

  // From the first of our own frames on, a stack is the same for every cell.
  function trimmed(error) {
    const lines = String(error.stack || `${error.name}: ${error.message}`).split('\n');
    const own = lines.findIndex(line => /^\s+at .*(node:inspector|Session\.post|\[eval\]|atoll\.js|importModuleDynamically)/.test(line) || /^\s+at Symbol\(atoll/.test(line));
    return (own > 0 ? lines.slice(0, own) : lines).join('\n') + (error.place ?? '');
  }

  async function run(request) {
    state.count++;
    emit({ type: 'start' }, 2);
    emit({ type: 'start', count: state.count });
    const first = state.count === 1 ? request.init : null;
    const forked = state.origin !== null && state.origin !== request.origin; // Of the interpreter that the last request came to.
    state.origin = request.origin ?? null;
    const cwd = request.cwd ? where() : null, saved = {};
    try {
      if (forked) reseed();
      if (first) {
        Object.assign(process.env, first.env);
        process.chdir(first.cwd);
      }
      for (const [name, value] of Object.entries(request.env ?? {})) {
        saved[name] = process.env[name];
        process.env[name] = value;
      }
      if (request.cwd) process.chdir(request.cwd);
      globalThis.require = createRequire(path.join(where(), 'cell.js'));
      let value = await evaluate(`${rewrite(request.code)}\n//# sourceURL=cell-${state.count}.js`);
      if (util.types.isPromise(value)) value = await Promise.race([value, new Promise((_, reject) => { state.interrupt = () => reject(new Interrupted()); })]);
      await Promise.all(state.shown);
      if (value !== undefined) emitResult(await describe(value), true);
    } catch (raised) {
      const error = raised instanceof Object ? raised : new Error(said(() => util.inspect(raised)));
      if (!(error instanceof ProcessExit) || error.exitCode !== 0) {
        const cut = {}, name = said(() => error.name) || 'Error', value = bounded(said(() => error.message), 'value', cut);
        emit({ type: 'error', name: bounded(name, 'name', {}), value, traceback: bounded(said(() => trimmed(error)), 'traceback', cut), cut });
      }
    } finally {
      state.interrupt = null;
      state.shown = [];
      session.post('Runtime.releaseObjectGroup', { objectGroup: 'atoll' });
      for (const [name, value] of Object.entries(saved)) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
      try {
        if (cwd) process.chdir(cwd);
      } catch {
        // It was removed meanwhile.
      }
    }
  }

  // What fails beside a cell is told and ends nothing.
  process.on('unhandledRejection', reason => stderr.write('Unhandled rejection: ' + trimmed(reason instanceof Error ? reason : { stack: util.inspect(reason) }) + '\n'));
  process.on('uncaughtException', failure => stderr.write('Uncaught: ' + trimmed(failure) + '\n'));
  process.on('SIGINT', () => state.interrupt?.());

  let rest = Buffer.alloc(0), turn = Promise.resolve();
  const input = new net.Socket({ fd: 3, readable: true, writable: false });
  input.on('data', data => {
    rest = Buffer.concat([rest, data]);
    for (let end; (end = rest.indexOf(10)) >= 0; rest = rest.subarray(end + 1)) {
      const request = JSON.parse(rest.subarray(0, end).toString());
      turn = turn.then(async () => {
        state.nonce = request.nonce;
        state.limit = request.maxResultBytes ?? state.limit;
        try {
          await run(request);
        } finally {
          emit({ type: 'end', count: state.count });
          emit({ type: 'end' }, 2);
        }
      }).catch(failure => stderr.write('Atoll: ' + said(() => failure.stack) + '\n'));
    }
  });
  input.on('end', () => process.reallyExit(0));
});
