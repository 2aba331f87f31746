package io.reflux.app.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reflux.proto.credentials.CredentialsException;
import io.reflux.student.failure.TrainingFailure;
import io.reflux.student.remote.RemoteSource;
import io.reflux.teacher.access.AccessConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TokenTest {
    private static final String FIRST = "first-token-of-this-test";
    private static final String SECOND = "second-token-of-this-test";

    @TempDir
    private Path folder;

    @Test
    void tokens_oneOfSeveral_isLetIn() throws Exception {
        try (Pair pair = new Pair(asking("# house\n" + FIRST + "\n\n" + SECOND + "\n"));
                RemoteSource student = pair.student(null, file("own", SECOND))) {
            assertThat(pair.ask(student).rows()).isEqualTo(2);
        }
    }

    @Test
    void tokens_absentOrWrong_areUnauthenticatedAtOnceAndCounted() throws Exception {
        try (Pair pair = new Pair(asking(FIRST))) {
            assertRefused(pair, null, "UNAUTHENTICATED: authorization: absent (expected: Bearer and a token)");
            assertRefused(
                    pair,
                    file("own", SECOND),
                    "UNAUTHENTICATED: authorization: not a token of this teacher (expected: Bearer and a token)");
            assertThat(pair.metric("reflux_teacher_refusals_total", "limit=\"token\""))
                    .isEqualTo(2);
            assertThat(pair.metric("reflux_grpc_calls_total", "status=\"UNAUTHENTICATED\""))
                    .isEqualTo(2);
            assertThat(pair.metrics()).doesNotContain(FIRST).doesNotContain(SECOND);
        }
    }

    private static void assertRefused(Pair pair, Path tokenFile, String message) {
        assertThatThrownBy(() -> pair.student(null, tokenFile))
                .isInstanceOfSatisfying(
                        TrainingFailure.class,
                        failure -> assertThat(failure.code()).isEqualTo(TrainingFailure.Code.ACCESS))
                .hasMessageEndingWith(message)
                .message()
                .doesNotContain(SECOND);
    }

    @Test
    void tokenFile_changed_countsForNewCalls_andOpenStreamsGoOn() throws Exception {
        Path tokens = file("tokens", FIRST);
        AccessConfig access = AccessConfig.OPEN.withTokenFile(tokens).withReload(Duration.ofMillis(20));
        try (Pair pair = new Pair(access);
                RemoteSource student = pair.student(null, file("own", FIRST))) {
            pair.ask(student);
            Files.writeString(tokens, SECOND);
            Pair.eventually("the new token is taken", () -> taken(pair));
            assertRefused(pair, file("own", FIRST), "(expected: Bearer and a token)");
            pair.ask(student);
        }
    }

    private boolean taken(Pair pair) {
        try (RemoteSource other = pair.student(null, file("other", SECOND))) {
            return pair.ask(other).rows() == 2;
        } catch (TrainingFailure notYet) {
            return false;
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void tokenFiles_thatCannotBeUsed_areNamed_withoutTheirContent() throws Exception {
        assertUnusable("", "tokens: no token in it (expected: a token a line)");
        assertUnusable("# only a comment", "tokens: no token in it (expected: a token a line)");
        assertUnusable(FIRST + "\nshort", "tokens:2: 5 characters (expected: a token of 16 to 512 letters");
        assertUnusable("a token with spaces in it", "tokens:1: 25 characters (expected: a token of 16 to 512 letters");
        Files.delete(folder.resolve("tokens"));
        assertThatThrownBy(() -> new Pair(AccessConfig.OPEN.withTokenFile(folder.resolve("tokens"))))
                .hasMessageEndingWith("tokens: absent (expected: a token a line)");
    }

    private void assertUnusable(String text, String message) throws IOException {
        AccessConfig access = asking(text);
        assertThatThrownBy(() -> new Pair(access))
                .isInstanceOf(CredentialsException.class)
                .hasMessageContaining(message)
                .message()
                .doesNotContain("short")
                .doesNotContain("spaces");
    }

    @Test
    void studentsFile_withSeveralTokens_isOneLine() throws Exception {
        try (Pair pair = new Pair(asking(FIRST))) {
            Path own = file("own", FIRST + "\n" + SECOND);
            assertThatThrownBy(() -> pair.student(null, own))
                    .isInstanceOf(TrainingFailure.class)
                    .hasMessageEndingWith("own: 2 tokens (expected: one)");
        }
    }

    private AccessConfig asking(String tokens) throws IOException {
        return AccessConfig.OPEN.withTokenFile(file("tokens", tokens));
    }

    private Path file(String name, String text) {
        try {
            return Files.writeString(folder.resolve(name), text);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
