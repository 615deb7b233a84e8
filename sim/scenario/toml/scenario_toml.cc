#include "sim/scenario/toml/scenario_toml.h"

#include <toml++/toml.h>

#include <algorithm>
#include <sstream>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"

namespace wringer::sim {
namespace {

Span SpanOf(const toml::source_region& region, std::uint32_t source) {
  Span span;
  span.source = source;
  span.line = std::max<std::uint32_t>(region.begin.line, 1);
  span.column = std::max<std::uint32_t>(region.begin.column, 1);
  // Of a value on several lines, its first line's beginning is shown.
  span.length = region.end.line == region.begin.line &&
                        region.end.column > region.begin.column
                    ? region.end.column - region.begin.column
                    : 1;
  return span;
}

std::string Written(const toml::node& node) {
  std::ostringstream out;
  node.visit(
      [&out](const auto& value) { out << toml::default_formatter(value); });
  return out.str();
}

DocValue Convert(const toml::node& node, std::uint32_t source);

void ConvertTable(const toml::table& table, std::uint32_t source,
                  DocValue* out) {
  for (const auto& [key, value] : table) {
    out->entries.push_back({std::string(key.str()),
                            SpanOf(key.source(), source),
                            Convert(value, source)});
  }
  // toml++ sorts by key; people read files by line.
  std::sort(out->entries.begin(), out->entries.end(),
            [](const DocEntry& a, const DocEntry& b) {
              return std::pair(a.span.line, a.span.column) <
                     std::pair(b.span.line, b.span.column);
            });
}

DocValue Convert(const toml::node& node, std::uint32_t source) {
  DocValue out;
  out.span = SpanOf(node.source(), source);
  switch (node.type()) {
    case toml::node_type::table:
      out.kind = DocValue::Kind::kTable;
      ConvertTable(*node.as_table(), source, &out);
      break;
    case toml::node_type::array:
      out.kind = DocValue::Kind::kArray;
      for (const toml::node& item : *node.as_array()) {
        out.items.push_back(Convert(item, source));
      }
      break;
    case toml::node_type::string:
      out.kind = DocValue::Kind::kString;
      out.text = node.as_string()->get();
      break;
    case toml::node_type::integer:
      out.kind = DocValue::Kind::kInteger;
      out.integer = node.as_integer()->get();
      break;
    case toml::node_type::boolean:
      out.kind = DocValue::Kind::kBoolean;
      out.boolean = node.as_boolean()->get();
      break;
    case toml::node_type::floating_point:
      out.kind = DocValue::Kind::kFloat;
      out.text = Written(node);
      break;
    default:
      out.kind = DocValue::Kind::kDate;
      out.text = Written(node);
      break;
  }
  return out;
}

}  // namespace

Slice LineOf(Slice text, std::uint32_t line) {
  for (std::uint32_t i = 1; i < line; ++i) {
    const std::size_t end = text.find('\n');
    if (end == Slice::npos) {
      return "";
    }
    text.remove_prefix(end + 1);
  }
  text = text.substr(0, text.find('\n'));
  if (!text.empty() && text.back() == '\r') {
    text.remove_suffix(1);
  }
  return text;
}

std::optional<SyntaxError> ParseToml(Slice text, std::uint32_t source,
                                     DocValue* document) {
  try {
    const toml::table table = toml::parse(ToStd(text));
    *document = Convert(table, source);
    return std::nullopt;
  } catch (const toml::parse_error& thrown) {
    SyntaxError error;
    error.span = SpanOf(thrown.source(), source);
    error.span.length = 1;
    error.message = std::string(thrown.description());
    ExplainSyntax(text, &error);
    return error;
  }
}

}  // namespace wringer::sim
