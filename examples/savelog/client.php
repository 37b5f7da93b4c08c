<?php
// What a job in PHP sends when it has ended: php client.php <address> <machine id> <machine's token> [zone]
[, $address, $machine, $token] = $argv;
date_default_timezone_set($argv[4] ?? 'America/Sao_Paulo');

$inicio = new DateTime();
usleep(20000); // the work
$fim = new DateTime();

$dados = [
    'machine_id' => (int) $machine,
    'machine_pass' => $token,
    'process_pai' => 'Fechamento',
    'process_filho' => 'notas',
    'dhinicio' => substr($inicio->format('Y-m-d H:i:s.u'), 0, -2),
    'dhfim' => substr($fim->format('Y-m-d H:i:s.u'), 0, -2),
    'tipo' => 'cron',
];

$curl = curl_init("$address/savelog.php");
curl_setopt_array($curl, [
    CURLOPT_POST => true,
    CURLOPT_POSTFIELDS => json_encode(['dados_json' => $dados]),
    CURLOPT_RETURNTRANSFER => true,
    CURLOPT_TIMEOUT => 5,
]);
$resposta = curl_exec($curl);
echo json_encode([
    'status' => curl_getinfo($curl, CURLINFO_RESPONSE_CODE),
    'body' => json_decode((string) $resposta),
    'start' => (int) $inicio->format('Uu'),
    'end' => (int) $fim->format('Uu'),
]), "\n";
