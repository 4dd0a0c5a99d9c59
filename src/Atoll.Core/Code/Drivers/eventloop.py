# The event loop of a context: one for its whole life. It runs while a cell awaits and while the context waits for its next cell, so that tasks, servers and timers which one
# cell started go on, and the next cell may await them. Comes before python.py in the same program.
import asyncio
import contextlib
import functools
import os
import select
import threading

kept = {'loop': None}


def cell_loop():
    if kept['loop'] is None or kept['loop'].is_closed():
        kept['loop'] = asyncio.new_event_loop()  # Scripts close the loop they are given.
    return kept['loop']


def is_lent():
    running = asyncio._get_running_loop()
    return running is not None and running is kept['loop'] and not running.is_running()


@contextlib.contextmanager
def lent_loop():
    """For code that does not await: it finds the context's loop as the running one, as in a notebook, so asyncio.create_task() works in it. The loop does not really run: what
    runs a loop itself, such as asyncio.run(), works too, as in a script."""
    loop = cell_loop()
    asyncio.set_event_loop(loop)
    outer = asyncio._get_running_loop()
    if outer is None:
        asyncio._set_running_loop(loop)
    try:
        yield
    finally:
        if outer is None and is_lent():
            asyncio._set_running_loop(None)


def outside(run):
    @functools.wraps(run)
    def runs(*args, **kwargs):
        if not is_lent():
            return run(*args, **kwargs)
        asyncio._set_running_loop(None)
        try:
            return run(*args, **kwargs)
        finally:
            if asyncio._get_running_loop() is None and threading.current_thread() is threading.main_thread():
                asyncio.set_event_loop(cell_loop())
                asyncio._set_running_loop(kept['loop'])

    return runs


def patch_asyncio():
    asyncio.run = asyncio.runners.run = outside(asyncio.run)
    for owner, names in ((asyncio.BaseEventLoop, ('run_forever', 'run_until_complete')), (getattr(asyncio, 'Runner', None), ('run',))):
        for name in names if owner else ():
            setattr(owner, name, outside(getattr(owner, name)))


def await_cell(coroutine):
    loop = cell_loop()
    asyncio.set_event_loop(loop)
    task = loop.create_task(coroutine)
    try:
        return loop.run_until_complete(task)
    except KeyboardInterrupt:
        task.cancel()
        loop.run_until_complete(asyncio.gather(task, return_exceptions=True))
        raise


def wait_readable(fd, owner):
    """Runs the loop until something can be read. A loop that cannot be run, because code left one running on this thread, stands still."""
    loop = cell_loop()

    def stop():
        if os.getpid() != owner:
            os._exit(0)  # A fork of the interpreter by a background task: requests are its parent's.
        loop.stop()

    try:
        asyncio.set_event_loop(loop)
        loop.add_reader(fd, stop)
    except Exception:
        select.select([fd], [], [])
        return
    try:
        loop.run_forever()
    except RuntimeError:
        select.select([fd], [], [])
    except BaseException:
        pass  # A task that ended by SystemExit or an interrupt ends nothing but itself.
    finally:
        with contextlib.suppress(Exception):
            loop.remove_reader(fd)


