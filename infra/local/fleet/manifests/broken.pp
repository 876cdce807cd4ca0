# Fails on purpose, to show how that looks.
file { 'nowhere':
  ensure  => file,
  path    => "${facts['host_root']}/no/such/folder/file",
  content => "never\n",
}
