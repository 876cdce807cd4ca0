# No manifest at all.
file { "
