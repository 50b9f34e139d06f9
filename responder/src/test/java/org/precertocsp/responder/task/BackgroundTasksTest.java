package org.precertocsp.responder.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.precertocsp.responder.task.BackgroundTasks.Backoff;
import org.precertocsp.responder.task.BackgroundTasks.Task;

@Timeout(10)
final class BackgroundTasksTest {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Backoff SHORT = new Backoff(Duration.ofMillis(1), Duration.ofMillis(4));

    private final Heard heard = new Heard();
    private final BackgroundTasks tasks = new BackgroundTasks(heard, SHORT);
    private final List<Task> started = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() {
        started.forEach(Task::stopNow);
        started.forEach(Task::close);
    }

    @Test
    void a_round_that_throws_is_told_and_tried_again_and_its_success_is_told() throws Exception {
        AtomicInteger rounds = new AtomicInteger();
        every(
                () -> {
                    if (rounds.incrementAndGet() <= 2) {
                        throw new IllegalStateException("the disk is gone");
                    }
                });

        assertThat(heard.next()).contains("failed work", "1 times", "the disk is gone");
        assertThat(heard.next()).contains("failed work", "2 times");
        assertThat(heard.next()).isEqualTo("recovered work");
        assertThat(tasks.states().getFirst().failures()).isEqualTo(2);
        assertThat(tasks.states().getFirst().failedInARow()).isZero();
        assertThat(tasks.states().getFirst().problem()).isEmpty();
    }

    @Test
    void a_condition_keeps_rounds_from_beginning() throws Exception {
        AtomicBoolean condition = new AtomicBoolean();
        Semaphore rounds = new Semaphore(0);
        started.add(
                tasks.onlyWhile(condition::get)
                        .required()
                        .every("work", Duration.ofMillis(1), rounds::release));
        assertThat(rounds.tryAcquire(50, TimeUnit.MILLISECONDS)).isFalse();

        condition.set(true);

        assertThat(rounds.tryAcquire(5, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void a_failure_of_work_that_is_not_done_here_any_more_has_ended() throws Exception {
        AtomicBoolean condition = new AtomicBoolean(true);
        started.add(
                tasks.onlyWhile(condition::get)
                        .required()
                        .every(
                                "work",
                                Duration.ofMillis(1),
                                () -> {
                                    condition.set(false);
                                    throw new IllegalStateException("another one does it");
                                }));

        assertThat(heard.next()).contains("failed work", "another one does it");
        assertThat(heard.next()).isEqualTo("recovered work");
        assertThat(tasks.states().getFirst().problem()).isEmpty();
        assertThat(tasks.states().getFirst().failedInARow()).isZero();
    }

    @Test
    void an_error_does_not_end_a_task_either() throws Exception {
        AtomicInteger rounds = new AtomicInteger();
        every(
                () -> {
                    switch (rounds.incrementAndGet()) {
                        case 1 -> throw new OutOfMemoryError("told by a test");
                        case 2 -> throw new StackOverflowError();
                        case 3 -> throw new NoClassDefFoundError("Gone");
                        default -> {}
                    }
                });

        assertThat(heard.next()).contains("OutOfMemoryError");
        assertThat(heard.next()).contains("StackOverflowError");
        assertThat(heard.next()).contains("NoClassDefFoundError");
        assertThat(heard.next()).isEqualTo("recovered work");
    }

    @Test
    void a_listener_that_throws_does_not_end_a_task() throws Exception {
        CountDownLatch tried = new CountDownLatch(3);
        BackgroundTasks deaf =
                new BackgroundTasks(
                        new BackgroundTasks.Listener() {
                            @Override
                            public void failed(String task, String what) {
                                throw new IllegalStateException("deaf");
                            }

                            @Override
                            public void recovered(String task) {
                                throw new IllegalStateException("deaf");
                            }
                        },
                        SHORT);
        started.add(
                deaf.every(
                        "work",
                        Duration.ofMillis(1),
                        () -> {
                            tried.countDown();
                            if (tried.getCount() % 2 == 0) {
                                throw new IllegalStateException("work");
                            }
                        }));

        assertThat(tried.await(5, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void a_required_task_that_keeps_failing_makes_the_server_not_ready_until_it_works()
            throws Exception {
        AtomicInteger rounds = new AtomicInteger();
        Semaphore go = new Semaphore(0);
        BackgroundTasks.Body body =
                () -> {
                    go.acquire();
                    if (rounds.incrementAndGet() <= 3) {
                        throw new IllegalStateException("no space left");
                    }
                };
        started.add(tasks.required().every("duty", HOUR, body));

        go.release();
        heard.next();
        assertThat(tasks.problem()).as("one failure may be over at once").isEmpty();
        go.release(2);
        heard.next();
        heard.next();
        assertThat(tasks.problem())
                .hasValueSatisfying(it -> assertThat(it).contains("duty", "no space left"));
        go.release();
        assertThat(heard.next()).isEqualTo("recovered duty");
        assertThat(tasks.problem()).isEmpty();
    }

    @Test
    void a_task_that_is_not_required_never_makes_the_server_not_ready() throws Exception {
        every(
                () -> {
                    throw new IllegalStateException("again");
                });
        for (int i = 0; i < BackgroundTasks.KEEPS_FAILING + 1; i++) {
            heard.next();
        }

        assertThat(tasks.problem()).isEmpty();
    }

    @Test
    void an_interrupt_that_is_meant_for_somebody_else_does_not_end_a_task() throws Exception {
        BlockingQueue<Thread> rounds = new ArrayBlockingQueue<>(10);
        started.add(
                tasks.thread(
                        "work",
                        () -> {
                            rounds.put(Thread.currentThread());
                            return HOUR;
                        }));

        take(rounds).interrupt();
        take(rounds).interrupt();

        assertThat(take(rounds).isAlive()).isTrue();
        assertThat(tasks.states().getFirst().failures()).isZero();
    }

    @Test
    void waking_cuts_the_rest_and_closing_ends_it() throws Exception {
        Semaphore done = new Semaphore(0);
        Task task = every(done::release);

        assertThat(done.tryAcquire(5, TimeUnit.SECONDS)).isTrue();
        task.wake();
        assertThat(done.tryAcquire(5, TimeUnit.SECONDS)).isTrue();
        task.close();

        assertThat(task.isRunning()).isFalse();
        assertThat(task.join(Duration.ofSeconds(1))).isTrue();
        assertThat(tasks.states()).isEmpty();
    }

    @Test
    void tasks_of_one_owner_are_all_stopped_before_one_is_waited_for() throws Exception {
        Semaphore begun = new Semaphore(0);
        AtomicBoolean ended = new AtomicBoolean();
        Task first = tasks.every("first", HOUR, () -> {});
        Task last =
                tasks.thread(
                        "last",
                        () -> {
                            begun.release();
                            await().atMost(Duration.ofSeconds(3)).until(() -> !first.isRunning());
                            ended.set(true);
                            return HOUR;
                        });
        started.addAll(List.of(first, last));
        begun.acquire();

        BackgroundTasks.closeAll(List.of(first, last));

        assertThat(ended).isTrue();
    }

    @Test
    void the_pause_doubles_up_to_the_longest() {
        Backoff backoff = new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(1));

        assertThat(backoff.after(1)).isEqualTo(Duration.ofSeconds(1));
        assertThat(backoff.after(3)).isEqualTo(Duration.ofSeconds(4));
        assertThat(backoff.after(7)).isEqualTo(Duration.ofMinutes(1));
        assertThat(backoff.after(Integer.MAX_VALUE)).isEqualTo(Duration.ofMinutes(1));
    }

    @Test
    void a_round_that_does_not_return_is_seen() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        every(
                () -> {
                    inside.countDown();
                    over.await();
                });
        inside.await();

        assertThat(tasks.states().getFirst().busy()).isPresent();
        over.countDown();
    }

    @Test
    void an_exception_that_ends_another_thread_is_told_and_counted() throws Exception {
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        try {
            tasks.superviseOtherThreads();
            Thread other =
                    Thread.ofPlatform()
                            .name("pool-1")
                            .start(
                                    () -> {
                                        throw new IllegalStateException("by itself");
                                    });
            other.join();

            assertThat(heard.next()).contains("failed pool-1", "by itself");
            assertThat(tasks.uncaught()).isEqualTo(1);
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(before);
        }
    }

    private Task every(BackgroundTasks.Body body) {
        Task task = tasks.every("work", HOUR, body);
        started.add(task);
        return task;
    }

    private static <T> T take(BlockingQueue<T> queue) throws InterruptedException {
        T taken = queue.poll(5, TimeUnit.SECONDS);
        return Objects.requireNonNull(taken, "nothing came");
    }

    /// What was told, in order.
    private static final class Heard implements BackgroundTasks.Listener {
        private final BlockingQueue<String> told = new ArrayBlockingQueue<>(1_000);

        @Override
        public void failed(String task, String what) {
            boolean _ = told.offer("failed " + task + ": " + what);
        }

        @Override
        public void recovered(String task) {
            boolean _ = told.offer("recovered " + task);
        }

        String next() throws InterruptedException {
            return take(told);
        }
    }
}
