cmd_/tmp/redir.n6a5/6.1/kmod/core/modules.order := {   echo /tmp/redir.n6a5/6.1/kmod/core/collapsar.ko; :; } > /tmp/redir.n6a5/6.1/kmod/core/modules.order
