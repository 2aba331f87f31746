package io.reflux.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.reflux.app.console.ExitCode;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.Model.CommandSpec;

final class CommandLineTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void version_asked_namesTheProgramAndItsJava() {
        assertThat(run("--version")).isEqualTo(ExitCode.OK);
        assertThat(out.toString()).startsWith("reflux ").contains("Java " + Runtime.version());
    }

    @Test
    void noCommand_atAll_isUsageError() {
        assertThat(run()).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString())
                .startsWith("reflux: no command (expected: one of ")
                .contains("Try 'reflux --help'.");
    }

    @Test
    void help_ofTheProgram_namesEveryCommandAndTheExitCodes() {
        assertThat(run("--help")).isEqualTo(ExitCode.OK);
        assertThat(out.toString())
                .contains("quickstart", "teacher", "train", "export", "evaluate", "quantize", "inspect")
                .contains("the run failed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"quickstart", "teacher", "label", "train", "export", "evaluate", "quantize", "inspect"})
    void help_ofACommand_hasExamplesAndExitCodes(String command) {
        assertThat(run(command, "--help")).isEqualTo(ExitCode.OK);
        assertThat(out.toString())
                .contains("Usage: reflux " + command)
                .contains("Example")
                .contains("Exit codes:")
                .contains("--verbose");
        // A line that the help wraps goes on at the margin, and cannot be copied.
        assertThat(out.toString().split("Examples:\\R")[1].lines().filter(line -> !line.isBlank()))
                .allMatch(line -> line.startsWith("  "));
    }

    @Test
    void memory_thatRanOut_isOneLineOfAFailedRun() {
        Callable<Integer> greedy = () -> {
            throw new OutOfMemoryError("Java heap space");
        };
        int code = Reflux.commandLine()
                .addSubcommand("greedy", CommandSpec.wrapWithoutInspection(greedy))
                .setErr(new PrintWriter(err, true))
                .execute("greedy");

        assertThat(code).isEqualTo(ExitCode.FAILED);
        assertThat(err.toString().lines().toList())
                .containsExactly(
                        "reflux: out of memory: Java heap space (give the JVM more, as REFLUX_JAVA_OPTS=-Xmx4g)");
    }

    @Test
    void command_misspelt_suggestsTheRightOne() {
        assertThat(run("trian")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("trian").contains("Did you mean").contains("train");
    }

    @Test
    void option_misspelt_suggestsTheRightOne() {
        assertThat(run("inspect", "--jsn", "model.onnx")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).startsWith("reflux: ").contains("--jsn").contains("--json");
    }

    @Test
    void file_missing_isOneLineAndNoStackTrace() {
        assertThat(run("inspect", "no-such.onnx")).isEqualTo(ExitCode.FAILED);
        assertThat(err.toString().lines()).singleElement().asString().startsWith("reflux: no-such.onnx: ");
    }

    @Test
    void file_missingButVerbose_hasTheStackTrace() {
        assertThat(run("--verbose", "inspect", "no-such.onnx")).isEqualTo(ExitCode.FAILED);
        assertThat(err.toString()).contains("\tat io.reflux.");
    }

    private int run(String... args) {
        return Reflux.run(new PrintWriter(out, true), new PrintWriter(err, true), args);
    }
}
