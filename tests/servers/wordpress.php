<?php
// The settings of a WordPress site of the tests, and what makes one. WordPress reads this file as its wp-config.php; by hand it is
//   php wordpress.php install ADDRESS      makes the site's tables, two users and two categories; writes their application passwords
//   php wordpress.php option NAME VALUE    sets an option
// WORDPRESS_PLACE is the folder of the site, WORDPRESS_FILES that of WordPress itself.

$place = getenv('WORDPRESS_PLACE');
define('DB_NAME', 'wordpress');
define('DB_USER', 'root');
define('DB_PASSWORD', '');
define('DB_HOST', "localhost:$place/sql");
define('DB_CHARSET', 'utf8mb4');
define('DB_COLLATE', '');
define('WP_CONTENT_DIR', "$place/site/wp-content");
foreach (['AUTH', 'SECURE_AUTH', 'LOGGED_IN', 'NONCE'] as $what) {
    define("{$what}_KEY", "tests $what key");
    define("{$what}_SALT", "tests $what salt");
}
// Without TLS, application passwords work on a site of a developer alone.
define('WP_ENVIRONMENT_TYPE', 'local');
define('WP_DEBUG', true);
define('WP_DEBUG_DISPLAY', false);
define('WP_DEBUG_LOG', "$place/debug.log");
// Nothing leaves this machine, and the site calls nobody, not even itself.
define('WP_HTTP_BLOCK_EXTERNAL', true);
define('DISABLE_WP_CRON', true);
define('AUTOMATIC_UPDATER_DISABLED', true);
$table_prefix = 'wp_';

if (defined('ABSPATH')) {
    require_once ABSPATH . 'wp-settings.php';
    return;
}

function wp_new_blog_notification() {}

[, $verb, $first] = $argv;
define('ABSPATH', getenv('WORDPRESS_FILES') . '/');
if ($verb === 'install') {
    define('WP_INSTALLING', true);
    define('WP_SITEURL', $first);
    $_SERVER += ['HTTP_HOST' => parse_url($first, PHP_URL_HOST), 'REQUEST_URI' => '/', 'SERVER_PROTOCOL' => 'HTTP/1.1'];
}
require_once ABSPATH . 'wp-settings.php';
if ($verb === 'option') {
    update_option($first, $argv[3]);
    if ($first === 'permalink_structure') {
        $wp_rewrite->init();
        flush_rewrite_rules(false);
    }
    return;
}
require_once ABSPATH . 'wp-admin/includes/upgrade.php';
wp_install('Harbour Workers', 'ana', 'ana@example.org', true, '', 'a planted login');
update_option('home', $first);
update_option('permalink_structure', '/%postname%/');
wp_insert_user(['user_login' => 'kim', 'user_pass' => 'another planted login', 'role' => 'contributor', 'user_email' => 'kim@example.org']);
$passwords = [];
foreach (['ana', 'kim'] as $name) {
    [$password] = WP_Application_Passwords::create_new_application_password(get_user_by('login', $name)->ID, ['name' => 'scheduler']);
    $passwords[$name] = WP_Application_Passwords::chunk_password($password);
}
wp_insert_term('Strikes & actions', 'category');
$wp_rewrite->init();
flush_rewrite_rules(false);
echo "\n", json_encode($passwords), "\n";
