# Work of known size. Each process that nobody else waits for appends what it and its waited children used to the file named by
# TRUTH: CPU seconds, the peak of its memory in bytes, and what it waited for a processor in seconds.
use strict;
use warnings;

sub burn {
    my ($seconds) = @_;
    my $until = used() + $seconds;
    do { my $x = 0; $x += $_ for 1 .. 20_000 } until used() >= $until;
}

sub used { my ($user, $system) = times; return $user + $system }

sub told {
    my ($file, $pattern) = @_;
    open my $handle, '<', $file or return 0;
    local $/;
    return <$handle> =~ $pattern ? $1 : 0;
}

sub tell_truth {
    my ($user, $system, $child_user, $child_system) = times;
    my $peak = 1024 * told('/proc/self/status', qr/^VmHWM:\s+(\d+)/m);
    my $waited = told('/proc/self/schedstat', qr/^\d+ (\d+)/) / 1e9;
    open my $truth, '>>', $ENV{TRUTH} or die;
    printf $truth "%.3f %d %.6f\n", $user + $system + $child_user + $child_system, $peak, $waited;
    close $truth;
}

sub child {
    my ($work) = @_;
    my $pid = fork // die;
    return $pid if $pid;
    $work->();
    exit 0;
}

# As daemon(7) does: out of the session, and a child of init.
sub daemon {
    my ($work) = @_;
    waitpid child(sub { new_session(); child(sub { $work->(); tell_truth() }) }), 0;
}

sub new_session { require POSIX; POSIX::setsid() }

my ($kind, @sizes) = @ARGV;
my %kinds = (
    burn => sub { burn($sizes[0]) },
    memory => sub {
        my ($megabytes, $seconds) = @sizes;
        { my $held = 'x' x ($megabytes * 1024 * 1024); select undef, undef, undef, $seconds }
        select undef, undef, undef, 0.3;
    },
    children => sub {
        my ($count, $seconds) = @sizes;
        waitpid child(sub { burn($seconds) }), 0 for 1 .. $count;
    },
    deep => sub {
        my ($depth, $seconds) = @sizes;
        my $below;
        $below = sub {
            my ($levels) = @_;
            my $pid = $levels > 1 ? child(sub { $below->($levels - 1) }) : 0;
            burn($seconds);
            waitpid $pid, 0 if $pid;
        };
        $below->($depth);
    },
    sessions => sub {
        my ($count, $seconds) = @sizes;
        child(sub { new_session(); burn($seconds) }) for 1 .. $count;
        1 while wait != -1;
    },
    daemons => sub {
        my ($count, $seconds) = @sizes;
        daemon(sub { burn($seconds) }) for 1 .. $count;
        select undef, undef, undef, 0.05 while lines() < $count;
    },
);

sub lines { open my $truth, '<', $ENV{TRUTH} or return 0; my @all = <$truth>; return scalar @all }

$kinds{$kind}->();
tell_truth();
