package org.precertocsp.responder.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.precertocsp.responder.status.TestChanges.KEY;
import static org.precertocsp.responder.status.TestChanges.certificate;
import static org.precertocsp.responder.status.TestChanges.source;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ChangeWriterTest {
    private final InMemoryStatusStore store = new InMemoryStatusStore();
    private final List<String> calls = new ArrayList<>();
    private String failing = "";
    private final ChangeWriter writer =
            new ChangeWriter(store, List.of(listener("first"), listener("second")));

    private ChangeListener listener(String name) {
        return (_, source) -> {
            call(name, "begin " + source.name());
            return new ChangeListener.SetListener() {
                @Override
                public void applied(List<StatusChange> changes, List<ChangeOutcome> outcomes) {
                    call(name, "applied " + changes.size() + " " + outcomes.size());
                }

                @Override
                public void beforeCommit() {
                    call(name, "before");
                    assertThat(store.find(KEY)).isEmpty();
                }

                @Override
                public void committed() {
                    call(name, "committed");
                    assertThat(store.find(KEY)).isPresent();
                }

                @Override
                public void commitFailed(RuntimeException cause) {
                    call(name, "failed");
                }

                @Override
                public void abandoned() {
                    call(name, "abandoned");
                }
            };
        };
    }

    private void call(String name, String what) {
        calls.add(name + " " + what);
        if (failing.equals(calls.getLast())) {
            throw new StoreException("the listener fails", null);
        }
    }

    private void change() {
        try (ChangeSet set = writer.begin(source("feed"))) {
            set.apply(certificate(KEY));
            set.commit();
        }
    }

    @Test
    void listeners_are_told_in_their_order_before_and_after_the_store_commits() {
        change();

        assertThat(calls)
                .containsExactly(
                        "first begin feed",
                        "second begin feed",
                        "first applied 1 1",
                        "second applied 1 1",
                        "first before",
                        "second before",
                        "first committed",
                        "second committed");
    }

    @Test
    void nothing_takes_effect_that_a_listener_could_not_prepare() {
        failing = "second before";
        assertThatThrownBy(this::change).isInstanceOf(StoreException.class);

        assertThat(store.find(KEY)).isEmpty();
        assertThat(calls.subList(4, calls.size()))
                .containsExactly(
                        "first before", "second before", "first failed", "second abandoned");
    }

    @Test
    void a_set_that_no_listener_lets_begin_lets_the_next_one_begin() {
        failing = "second begin feed";
        assertThatThrownBy(this::change).isInstanceOf(StoreException.class);

        assertThat(store.tryBegin(source("next"), Duration.ZERO)).isPresent();
    }

    @Test
    void listeners_are_told_once_of_a_set_that_is_given_up() {
        ChangeSet set = writer.begin(source("feed"));
        set.close();
        set.close();

        assertThat(calls)
                .containsExactly(
                        "first begin feed",
                        "second begin feed",
                        "first abandoned",
                        "second abandoned");
    }

    @Test
    void a_dry_run_is_told_to_nobody() {
        try (ChangeSet set = writer.beginDryRun(source("feed"))) {
            set.apply(certificate(KEY));
        }

        assertThat(calls).isEmpty();
    }

    @Test
    void a_set_is_committed_once() {
        try (ChangeSet set = writer.begin(source("feed"))) {
            set.apply(certificate(KEY));
            set.commit();
            assertThatThrownBy(set::commit).isInstanceOf(IllegalStateException.class);
        }
    }
}
