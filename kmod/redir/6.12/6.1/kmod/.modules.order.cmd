cmd_/tmp/redir.n6a5/6.1/kmod/modules.order := {   cat /tmp/redir.n6a5/6.1/kmod/core/modules.order;   cat /tmp/redir.n6a5/6.1/kmod/redir/modules.order; :; } > /tmp/redir.n6a5/6.1/kmod/modules.order
