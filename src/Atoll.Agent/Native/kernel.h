// What process 1 does to a kernel of the sandbox's own before anything else runs in it.
#pragma once

// With the right to administer it (CAP_SYS_ADMIN) process 1 shows as few cores as it was told to, and keeps one thread that may give the host another name; then it gives up that right, and the call
// mount(2), for itself and for everything that it starts. Without the right it does nothing. Before any thread is made. Ends the process where mount(2) cannot be given up.
void prepare_kernel(void);
