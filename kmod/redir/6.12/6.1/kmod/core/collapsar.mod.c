#include <linux/module.h>
#define INCLUDE_VERMAGIC
#include <linux/build-salt.h>
#include <linux/elfnote-lto.h>
#include <linux/export-internal.h>
#include <linux/vermagic.h>
#include <linux/compiler.h>

BUILD_SALT;
BUILD_LTO_INFO;

MODULE_INFO(vermagic, VERMAGIC_STRING);
MODULE_INFO(name, KBUILD_MODNAME);

__visible struct module __this_module
__section(".gnu.linkonce.this_module") = {
	.name = KBUILD_MODNAME,
	.init = init_module,
#ifdef CONFIG_MODULE_UNLOAD
	.exit = cleanup_module,
#endif
	.arch = MODULE_ARCH_INIT,
};

#ifdef CONFIG_RETPOLINE
MODULE_INFO(retpoline, "Y");
#endif

SYMBOL_CRC(clps_counter_name, 0x8c2902ae, "_gpl");
SYMBOL_CRC(clps_stats_alloc, 0xad247845, "_gpl");
SYMBOL_CRC(clps_stats_sum, 0x7ae60396, "_gpl");
SYMBOL_CRC(clps_stats_put, 0x6a408eb2, "_gpl");
SYMBOL_CRC(clps_drop, 0x3254920d, "_gpl");
SYMBOL_CRC(clps_skb_parse4, 0xc5489787, "_gpl");
SYMBOL_CRC(clps_policy_new, 0x1e95df6d, "_gpl");
SYMBOL_CRC(clps_policy_free, 0x7c461b54, "_gpl");
SYMBOL_CRC(clps_policy_inbound, 0x98dcdd8a, "_gpl");
SYMBOL_CRC(clps_policy_outbound, 0x17b2213a, "_gpl");
SYMBOL_CRC(clps_skb_scrub, 0x3c732bed, "_gpl");
SYMBOL_CRC(clps_uplink_xmit, 0x013ddc2d, "_gpl");
SYMBOL_CRC(clps_uplink_dev, 0x95ff0b8c, "_gpl");
SYMBOL_CRC(clps_uplink_parms, 0x0a72bfc6, "_gpl");
SYMBOL_CRC(clps_uplink_attach, 0xfb7c1790, "_gpl");
SYMBOL_CRC(clps_uplink_detach, 0xd808279d, "_gpl");
SYMBOL_CRC(clps_uplink_policy, 0xf95456b9, "_gpl");
SYMBOL_CRC(clps_addr_get, 0x5ba53b4d, "_gpl");
SYMBOL_CRC(clps_addr_put, 0x23225922, "_gpl");
SYMBOL_CRC(clps_mac_get, 0xfa566149, "_gpl");
SYMBOL_CRC(clps_uplink_parm_get, 0x4a8f4cd9, "_gpl");
SYMBOL_CRC(clps_uplink_parm_put, 0x94739a14, "_gpl");
SYMBOL_CRC(clps_arp_parse, 0x45159204, "_gpl");
SYMBOL_CRC(clps_arp_build, 0xb982aa49, "_gpl");
SYMBOL_CRC(clps_claim_start, 0x52aff7e4, "_gpl");
SYMBOL_CRC(clps_claim_timer, 0xe62a631d, "_gpl");
SYMBOL_CRC(clps_claim_arp, 0xd16b55c4, "_gpl");
SYMBOL_CRC(clps_claim_suspect, 0x0ba530a8, "_gpl");
SYMBOL_CRC(clps_claim_withdraw, 0x23d46982, "_gpl");
SYMBOL_CRC(clps_pkt_parse4, 0xe75fa66e, "_gpl");

static const struct modversion_info ____versions[]
__used __section("__versions") = {
	{ 0xe914e41e, "strcpy" },
	{ 0xa47f901b, "__skb_checksum_complete" },
	{ 0xd0d156e9, "__rht_bucket_nested" },
	{ 0x38abe93d, "skb_copy_bits" },
	{ 0x62d96f30, "skb_put" },
	{ 0x8d522714, "__rcu_read_lock" },
	{ 0x85670f1d, "rtnl_is_locked" },
	{ 0xce843816, "consume_skb" },
	{ 0xe113bbbc, "csum_partial" },
	{ 0xc5b6f236, "queue_work_on" },
	{ 0x35251613, "trace_raw_output_prep" },
	{ 0x9b489671, "nla_put_64bit" },
	{ 0x48d88a2c, "__SCT__preempt_schedule" },
	{ 0x5d6edbac, "__trace_trigger_soft_disabled" },
	{ 0x6721222, "trace_event_printf" },
	{ 0x53569707, "this_cpu_off" },
	{ 0x9186bde6, "dst_cache_set_ip4" },
	{ 0xc2fadfde, "rtnl_link_register" },
	{ 0xffcbde5b, "genlmsg_put" },
	{ 0xc0d33912, "___pskb_trim" },
	{ 0x874cdd20, "trace_event_raw_init" },
	{ 0x37a0cba, "kfree" },
	{ 0x4b5acf74, "rhashtable_init" },
	{ 0x4319c1c9, "gro_cells_init" },
	{ 0xe6caaf7b, "bpf_trace_run2" },
	{ 0x8fa5a1b1, "ip_route_output_flow" },
	{ 0x76c1878f, "unregister_netdevice_queue" },
	{ 0xb19a5453, "__per_cpu_offset" },
	{ 0x209cea8b, "iptunnel_handle_offloads" },
	{ 0x9f54ead7, "gro_cells_destroy" },
	{ 0xba8fbd64, "_raw_spin_lock" },
	{ 0xbdfb6dbb, "__fentry__" },
	{ 0xf8cd040b, "pskb_expand_head" },
	{ 0x59c7a6b2, "register_pernet_subsys" },
	{ 0x3663fafd, "trace_event_buffer_commit" },
	{ 0x65487097, "__x86_indirect_thunk_rax" },
	{ 0xe6d2458e, "do_trace_netlink_extack" },
	{ 0xada38766, "dst_cache_destroy" },
	{ 0x1d24c881, "___ratelimit" },
	{ 0x423951c4, "netdev_rx_handler_unregister" },
	{ 0xa19b956, "__stack_chk_fail" },
	{ 0xb2fcb56d, "queue_delayed_work_on" },
	{ 0x1eb9ab54, "__alloc_skb" },
	{ 0xae39f80e, "dst_cache_init" },
	{ 0x599fb41c, "kvmalloc_node" },
	{ 0x6fb49676, "queue_rcu_work" },
	{ 0x8fdb795e, "nf_unregister_net_hook" },
	{ 0xaf793668, "__alloc_percpu_gfp" },
	{ 0x53e3723c, "nf_register_net_hook" },
	{ 0xad5f0017, "perf_trace_buf_alloc" },
	{ 0x5002d5e7, "__dev_get_by_index" },
	{ 0x3b655e77, "rtnl_link_unregister" },
	{ 0x9fd5aac9, "perf_trace_run_bpf_submit" },
	{ 0x2469810f, "__rcu_read_unlock" },
	{ 0x55385e2e, "__x86_indirect_thunk_r14" },
	{ 0xed89811, "kfree_skb_reason" },
	{ 0x42d0a446, "gro_cells_receive" },
	{ 0xb76f14eb, "iptunnel_xmit" },
	{ 0xf34e5584, "skb_push" },
	{ 0x1468be11, "nla_put" },
	{ 0xb6fc148b, "trace_event_reg" },
	{ 0xf74bb274, "mod_delayed_work_on" },
	{ 0x3013f27f, "__skb_warn_lro_forwarding" },
	{ 0x53a1e8d9, "_find_next_bit" },
	{ 0x5a5a2271, "__cpu_online_mask" },
	{ 0x449ad0a7, "memcmp" },
	{ 0x3c3fce39, "__local_bh_enable_ip" },
	{ 0x40e18618, "ethtool_op_get_link" },
	{ 0xf44ea91, "unregister_pernet_subsys" },
	{ 0x9e683f75, "__cpu_possible_mask" },
	{ 0x37932107, "skb_checksum" },
	{ 0xb202f0d7, "rht_bucket_nested_insert" },
	{ 0x5b8239ca, "__x86_return_thunk" },
	{ 0x17de3d5, "nr_cpu_ids" },
	{ 0x3a99cb02, "__iptunnel_pull_header" },
	{ 0xa20d8148, "__pskb_pull_tail" },
	{ 0xfb4a700e, "dev_get_tstats64" },
	{ 0x2a5ea9ef, "rhashtable_destroy" },
	{ 0xe4262c6, "__siphash_unaligned" },
	{ 0xe2d5255a, "strcmp" },
	{ 0x77c2be96, "skb_trim" },
	{ 0x9d0d6206, "unregister_netdevice_notifier" },
	{ 0xc9ec4e21, "free_percpu" },
	{ 0x15ba50a6, "jiffies" },
	{ 0x56fdcb1a, "skb_scrub_packet" },
	{ 0xe0313d71, "rhashtable_insert_slow" },
	{ 0xdd64e639, "strscpy" },
	{ 0x7a2af7b4, "cpu_number" },
	{ 0x28aa6a67, "call_rcu" },
	{ 0x4629334c, "__preempt_count" },
	{ 0x2ee13781, "__dev_queue_xmit" },
	{ 0xbaf22757, "kvfree_call_rcu" },
	{ 0x79c35014, "dst_cache_get_ip4" },
	{ 0xcb53ee9a, "trace_event_buffer_reserve" },
	{ 0x42fa091b, "dev_nit_active" },
	{ 0x9fa7184a, "cancel_delayed_work_sync" },
	{ 0xc6f46339, "init_timer_key" },
	{ 0x56470118, "__warn_printk" },
	{ 0x60ec6dea, "netif_carrier_off" },
	{ 0xd2da1048, "register_netdevice_notifier" },
	{ 0xe0112fc4, "__x86_indirect_thunk_r9" },
	{ 0xffeedf6a, "delayed_work_timer_fn" },
	{ 0x23c64a3, "skb_clone" },
	{ 0xb8bb7192, "metadata_dst_alloc" },
	{ 0x8d9a7d6e, "dst_release" },
	{ 0xffdd91d4, "netif_carrier_on" },
	{ 0x601f9f77, "netdev_rx_handler_register" },
	{ 0xd4c14632, "system_unbound_wq" },
	{ 0x41ed3709, "get_random_bytes" },
	{ 0xa91d0cc5, "ip_local_out" },
	{ 0x362f9a8, "__x86_indirect_thunk_r12" },
	{ 0xab93a5c2, "genl_unregister_family" },
	{ 0xa9320d27, "ktime_get_seconds" },
	{ 0x606e9d01, "kmalloc_trace" },
	{ 0x60a13e90, "rcu_barrier" },
	{ 0x754d539c, "strlen" },
	{ 0x581e2394, "__nla_parse" },
	{ 0x7aa1756e, "kvfree" },
	{ 0x688e72e1, "__SCT__preempt_schedule_notrace" },
	{ 0x9ec07055, "genl_register_family" },
	{ 0xb5b54b34, "_raw_spin_unlock" },
	{ 0xb7f990e9, "rht_bucket_nested" },
	{ 0x8b3494ff, "trace_handle_return" },
	{ 0x7a7caba8, "kmalloc_caches" },
	{ 0x2d3385d3, "system_wq" },
	{ 0x63f19d79, "register_netdevice" },
	{ 0x9060323f, "module_layout" },
};

MODULE_INFO(depends, "");

