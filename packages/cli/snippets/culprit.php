<?php
/**
 * Records every PHP web request and script with Culprit: in php.ini, a pool of php-fpm or .user.ini
 *
 *     auto_prepend_file = /usr/share/culprit/culprit.php
 *
 * At the end of the request one small file goes to the agent's intake folder: /var/spool/culprit, or another that
 * `culprit.intake` in php.ini, a server variable or the environment (CULPRIT_INTAKE) names. If that can't be done nothing
 * happens: the page, its headers, its errors and its exit status stay as they are. PHP 7.2 and later.
 *
 * The route is the path without its query string; ids in it are left out. A framework that knows better may say so:
 * $_SERVER['CULPRIT_ROUTE'] = '/orders/{id}'. A script that `culprit-run` records already is not recorded again.
 */

if (!class_exists('CulpritRequest', false) && (PHP_SAPI !== 'cli' || getenv('CULPRIT_PARENT_ID') === false)) {
    final class CulpritRequest
    {
        private const FATAL = E_ERROR | E_PARSE | E_CORE_ERROR | E_COMPILE_ERROR | E_RECOVERABLE_ERROR;

        /** @var array<string, mixed> The request's variables as they were before anything could change them. */
        private $server;
        /** @var float */
        private $startedAt;
        /** @var array<string, int>|null */
        private $usage;
        /** @var bool */
        private $fatal = false;
        /** @var bool */
        private $recorded = false;

        public static function begin(): void
        {
            $request = new self();
            register_shutdown_function(static function () use ($request) {
                $error = error_get_last();
                $request->fatal = $error !== null && ($error['type'] & self::FATAL) !== 0;
                // After those that the application registers; if one of them ends the script, when the object goes.
                register_shutdown_function(static function () use ($request) {
                    $request->record();
                });
            });
        }

        private function __construct()
        {
            $this->server = $_SERVER;
            $this->startedAt = (float) ($_SERVER['REQUEST_TIME_FLOAT'] ?? microtime(true));
            $this->usage = function_exists('getrusage') ? getrusage() : null;
        }

        public function __destruct()
        {
            $this->record();
        }

        private function record(): void
        {
            if ($this->recorded) {
                return;
            }
            $this->recorded = true;
            // Nobody's error handler hears of what happens here.
            set_error_handler(static function () {
                return true;
            });
            try {
                $this->write(json_encode($this->run(), JSON_UNESCAPED_SLASHES | JSON_INVALID_UTF8_SUBSTITUTE) . "\n");
            } catch (\Throwable $error) {
            } finally {
                restore_error_handler();
            }
        }

        private function write(string $text): void
        {
            $folder = $this->server['CULPRIT_INTAKE'] ?? (getenv('CULPRIT_INTAKE') ?: get_cfg_var('culprit.intake'));
            $folder = is_string($folder) && $folder !== '' ? $folder : '/var/spool/culprit';
            // x: never over a file or through a link that is there.
            $file = fopen($folder . '/' . bin2hex(random_bytes(16)) . '.end', 'x');
            if ($file !== false) {
                fwrite($file, $text);
                fclose($file);
            }
        }

        /** @return array<string, mixed> */
        private function run(): array
        {
            $isWeb = isset($this->server['REQUEST_METHOD']);
            $status = $isWeb ? http_response_code() : false;
            $failed = $this->fatal || (is_int($status) && $status >= 500);
            $run = [
                'kind' => $isWeb ? 'web' : 'job',
                'process' => $isWeb ? $this->server['REQUEST_METHOD'] . ' ' . $this->route() : $this->script(),
                'startedAt' => self::instant($this->startedAt),
                'endedAt' => self::instant(microtime(true)),
                'outcome' => $failed ? 'failed' : 'ok',
                'maxRssBytes' => memory_get_peak_usage(true),
                'pid' => getmypid(),
            ];
            if (is_int($status)) {
                $run['attributes'] = ['http.response.status_code' => $status];
            } elseif ($this->fatal) {
                $run['exitCode'] = 255;
            }
            if ($this->usage !== null) {
                $run['cpuSeconds'] = max(0, round(self::cpu(getrusage()) - self::cpu($this->usage), 6));
            }
            return $run;
        }

        private function route(): string
        {
            if (isset($_SERVER['CULPRIT_ROUTE']) && is_string($_SERVER['CULPRIT_ROUTE'])) {
                return '/' . ltrim($_SERVER['CULPRIT_ROUTE'], '/');
            }
            $target = (string) ($this->server['REQUEST_URI'] ?? $this->server['SCRIPT_NAME'] ?? '/');
            $path = substr($target, 0, strcspn($target, '?#;'));
            // The agent knows routes better; here only what is plainly an id or may be a secret is left out.
            return '/' . ltrim(preg_replace('~[^/]*[\d%@][^/]*|[^/]{25,}~', '{}', substr($path, 0, 1000)), '/');
        }

        private function script(): string
        {
            $name = basename((string) ($this->server['SCRIPT_FILENAME'] ?? ''));
            return $name === '' ? 'php' : $name;
        }

        /** @param array<string, int> $usage */
        private static function cpu(array $usage): float
        {
            return $usage['ru_utime.tv_sec'] + $usage['ru_stime.tv_sec']
                + ($usage['ru_utime.tv_usec'] + $usage['ru_stime.tv_usec']) / 1e6;
        }

        private static function instant(float $seconds): string
        {
            return gmdate('Y-m-d\TH:i:s', (int) $seconds) . sprintf('.%06dZ', (int) (($seconds - (int) $seconds) * 1e6));
        }
    }

    CulpritRequest::begin();
}
