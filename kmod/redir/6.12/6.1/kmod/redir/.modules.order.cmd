cmd_/tmp/redir.n6a5/6.1/kmod/redir/modules.order := {   echo /tmp/redir.n6a5/6.1/kmod/redir/collapsar_redir.ko; :; } > /tmp/redir.n6a5/6.1/kmod/redir/modules.order
