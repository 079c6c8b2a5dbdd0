cmd_/tmp/redir.n6a5/6.1/kmod/core/collapsar.o := ld -m elf_x86_64 -z noexecstack --no-warn-rwx-segments   -r -o /tmp/redir.n6a5/6.1/kmod/core/collapsar.o @/tmp/redir.n6a5/6.1/kmod/core/collapsar.mod 
