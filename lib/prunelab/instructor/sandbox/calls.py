"""The calls of Linux that a submission may make: a filter of seccomp, put together by libseccomp.

All that is not listed fails as on a kernel that lacks it (ENOSYS), for which the C library and Python are prepared. The
list is what CPython, torch, numpy and Jupyter need to compute and to read and write files. Left out on purpose are
keys (`keyctl`), memory that no limit counts (`memfd_create`, `shmget`), more rights (`mount`, `bpf`, `ptrace`,
`userfaultfd`, `perf_event_open`), ways around this very filter (`io_uring_setup`), and `setsid`, since Linux gives
each session a share of the processor of its own. See the manual's pages `seccomp` (section 2) and `seccomp_init`
(section 3).
"""

import ctypes
import errno
import socket

ALLOW, FAIL = 0x7FFF0000, 0x00050000 | errno.ENOSYS
NEW_NAMESPACES = 0x7E020000  # the flags of `clone` for all kinds
EQUAL, MASKED_EQUAL = 4, 7
NETLINK, ROUTE = 16, 0  # the sockets that list the network interfaces; the sandbox has none but its own
MISSING = "libseccomp is missing; install it (apt install libseccomp2)"
ALLOWED = """
    read write readv writev pread64 pwrite64 preadv pwritev preadv2 pwritev2 sendfile copy_file_range splice tee
    open openat openat2 creat close close_range dup dup2 dup3 fcntl flock ioctl lseek fsync fdatasync fallocate
    ftruncate truncate stat fstat lstat newfstatat statx statfs fstatfs access faccessat faccessat2 getdents getdents64
    readlink readlinkat link linkat symlink symlinkat unlink unlinkat rename renameat renameat2 mkdir mkdirat rmdir
    mknod mknodat chdir fchdir getcwd chmod fchmod fchmodat fchmodat2 chown fchown lchown fchownat umask utime utimes
    utimensat futimesat getxattr lgetxattr fgetxattr listxattr llistxattr flistxattr sync_file_range fadvise64 readahead
    mmap munmap mremap mprotect madvise mincore msync mlock mlock2 munlock brk get_mempolicy set_mempolicy mbind
    membarrier rseq arch_prctl set_tid_address set_robust_list get_robust_list futex futex_waitv prctl
    fork vfork execve execveat exit exit_group wait4 waitid kill tkill tgkill rt_sigaction rt_sigprocmask rt_sigreturn
    rt_sigpending rt_sigsuspend rt_sigtimedwait rt_sigqueueinfo sigaltstack pause alarm signalfd signalfd4
    getpid getppid gettid getpgid getpgrp setpgid getsid getuid geteuid getgid getegid getgroups getresuid getresgid
    setuid setgid setresuid setresgid capget getrlimit setrlimit prlimit64 getrusage times sysinfo uname getcpu
    sched_yield sched_getaffinity sched_setaffinity sched_getparam sched_setparam sched_getscheduler sched_setscheduler
    sched_get_priority_max sched_get_priority_min sched_rr_get_interval getpriority setpriority ioprio_get
    nanosleep clock_nanosleep clock_gettime clock_getres gettimeofday time getitimer setitimer
    timer_create timer_settime timer_gettime timer_getoverrun timer_delete timerfd_create timerfd_settime
    timerfd_gettime restart_syscall getrandom
    pipe pipe2 eventfd eventfd2 poll ppoll select pselect6 epoll_create epoll_create1 epoll_ctl epoll_ctl_old epoll_wait
    epoll_wait_old epoll_pwait epoll_pwait2 inotify_init inotify_init1 inotify_add_watch inotify_rm_watch
    socketpair bind listen accept accept4 connect getsockname getpeername sendto recvfrom sendmsg recvmsg sendmmsg
    recvmmsg shutdown getsockopt setsockopt
"""


class _Condition(ctypes.Structure):
    _fields_ = (
        ("argument", ctypes.c_uint),
        ("operator", ctypes.c_int),
        ("first", ctypes.c_uint64),
        ("second", ctypes.c_uint64),
    )


def allow_few() -> None:
    """Let this process and its children make no other calls than those listed, for good; raise OSError if it fails."""
    library = _library()
    rules = library.seccomp_init(FAIL)
    for name in ALLOWED.split():
        _allow(library, rules, name)
    _allow(library, rules, "clone", _Condition(0, MASKED_EQUAL, NEW_NAMESPACES, 0))
    for family in (socket.AF_UNIX, socket.AF_INET, socket.AF_INET6):
        _allow(library, rules, "socket", _Condition(0, EQUAL, family, 0))
    _allow(library, rules, "socket", _Condition(0, EQUAL, NETLINK, 0), _Condition(2, EQUAL, ROUTE, 0))
    _checked("seccomp_load", library.seccomp_load(rules))
    library.seccomp_release(rules)


def _library() -> ctypes.CDLL:
    """Return libseccomp; raise OSError with what to install where there is none."""
    try:
        library = ctypes.CDLL("libseccomp.so.2")
    except OSError as error:
        raise OSError(errno.ENOSYS, MISSING) from error
    library.seccomp_init.restype = ctypes.c_void_p
    library.seccomp_init.argtypes = [ctypes.c_uint32]
    library.seccomp_load.argtypes = library.seccomp_release.argtypes = [ctypes.c_void_p]
    library.seccomp_syscall_resolve_name.argtypes = [ctypes.c_char_p]
    conditions = [ctypes.c_uint, ctypes.POINTER(_Condition)]
    library.seccomp_rule_add_array.argtypes = [ctypes.c_void_p, ctypes.c_uint32, ctypes.c_int, *conditions]
    return library


def _allow(library: ctypes.CDLL, rules: int, name: str, *conditions: _Condition) -> None:
    """Allow a call if all conditions on its arguments hold; a machine that lacks the call needs no rule."""
    number = library.seccomp_syscall_resolve_name(name.encode())
    if number >= 0:
        these = (_Condition * len(conditions))(*conditions)
        _checked(name, library.seccomp_rule_add_array(rules, ALLOW, number, len(conditions), these))


def _checked(what: str, result: int) -> None:
    if result < 0:
        raise OSError(-result, f"seccomp, {what}: {errno.errorcode.get(-result, result)}")
