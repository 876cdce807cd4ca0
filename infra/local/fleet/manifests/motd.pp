# What a host says before anybody logs in.
$root = $facts['host_root']
file { 'issue':
  ensure  => file,
  path    => "${root}/etc/issue",
  content => "Kept by Puppet\n",
}
