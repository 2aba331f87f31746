package io.reflux.model.step;

/** Lines of TorchScript, indented. */
final class ScriptLines {

    private final StringBuilder text = new StringBuilder();
    private int depth;

    ScriptLines(int depth) {
        this.depth = depth;
    }

    ScriptLines line(String statement) {
        text.append("  ".repeat(depth)).append(statement).append('\n');
        return this;
    }

    /** Begins a block, such as {@code if x:}. */
    ScriptLines open(String header) {
        line(header + ":");
        depth++;
        return this;
    }

    /** Ends a block that began with {@code if}. */
    ScriptLines close() {
        depth--;
        line("else:");
        text.append("  ".repeat(depth + 1)).append("pass\n");
        return this;
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
