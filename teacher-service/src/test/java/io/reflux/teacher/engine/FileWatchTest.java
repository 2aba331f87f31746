package io.reflux.teacher.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FileWatchTest {

    private final AtomicInteger told = new AtomicInteger();

    @TempDir
    private Path folder;

    private Path file;
    private FileWatch watch;

    @BeforeEach
    void write() throws Exception {
        file = Files.writeString(folder.resolve("model.onnx"), "one");
        watch = new FileWatch(file, Duration.ofMillis(5));
    }

    private int afterLook() {
        watch.poll(told::incrementAndGet);
        return told.get();
    }

    private void rename(String content) throws Exception {
        Path beside = Files.writeString(folder.resolve("beside"), content);
        Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    @Test
    void renamedFile_isToldOfOnce_atTheSecondLook() throws Exception {
        assertThat(afterLook()).isZero();
        rename("two");
        assertThat(afterLook()).isZero();
        assertThat(afterLook()).isEqualTo(1);
        assertThat(afterLook()).isEqualTo(1);
    }

    @Test
    void fileThatIsBeingWritten_isLeftAlone_untilItStaysTheSame() throws Exception {
        for (int i = 1; i < 5; i++) {
            Files.writeString(file, "more ".repeat(i));
            assertThat(afterLook()).isZero();
        }
        assertThat(afterLook()).isEqualTo(1);
    }

    @Test
    void fileThatIsGone_isWaitedFor() throws Exception {
        Files.delete(file);
        assertThat(afterLook()).isZero();
        assertThat(afterLook()).isZero();
        Files.writeString(file, "another one");
        afterLook();
        assertThat(afterLook()).isEqualTo(1);
    }

    @Test
    void watchThatRuns_goesOnAfterAFailure_andEndsWhenClosed() throws Exception {
        CountDownLatch first = new CountDownLatch(1);
        CountDownLatch second = new CountDownLatch(2);
        watch.start(() -> {
            first.countDown();
            second.countDown();
            throw new IllegalStateException("not to be taken over");
        });
        rename("two");
        assertThat(first.await(20, TimeUnit.SECONDS)).isTrue();
        rename("three");
        assertThat(second.await(20, TimeUnit.SECONDS)).isTrue();
        watch.close();
    }
}
