package io.reflux.data.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A student and a teacher may run on different JVMs; golden vectors hold few views, this holds 4,000 others at a time. */
final class ViewsAcrossJvmsTest {

    @Test
    void randomViews_areTheSameOnAnotherJvm() throws Exception {
        Optional<OtherJvm> other = OtherJvm.find();
        assumeThat(other)
                .as(
                        "a JVM of another major version than %s, beside it or named by REFLUX_OTHER_JAVA",
                        Runtime.version())
                .isPresent();
        long seed = new Random().nextLong();

        List<String> there = other.orElseThrow().run(RandomViews.class, Long.toString(seed));

        assertThat(there)
                .as("seed %d, Java %d", seed, other.orElseThrow().version())
                .isEqualTo(RandomViews.digests(seed));
        // As many as there are draws: the digests do tell views apart.
        assertThat(there).doesNotHaveDuplicates();
    }
}
