#include "cli/change.h"

#include <deque>
#include <iostream>

#include <CLI/CLI.hpp>

#include "api/http/server.h"
#include "base/files.h"
#include "base/json_read.h"
#include "base/json_text.h"
#include "base/text.h"
#include "store/inventory.h"

namespace merlon::cli {
namespace {

using Kind = Part::Kind;
using Members = std::vector<std::pair<std::string, std::string>>;  // name, JSON

constexpr std::size_t most_file_bytes = std::size_t{64} << 20;

// A change and what stands on the command line for it.
struct Plan {
    struct Given {
        CLI::Option* option = nullptr;  // none: it is not asked for
        std::string text;  // of one, where it is asked for once: a list would take the next argument as well
        std::vector<std::string> texts;
        bool flag = false;
        bool there() const { return !option || option->count() > 0; }
    };
    Noun noun;
    Change change;
    std::string key;
    std::vector<std::string> keys;  // where it names several
    std::deque<Given> given;  // beside change.parts; CLI11 holds their addresses
    std::string called;       // "merlon tokens add"
    std::string output = "table";
    bool names_one() const { return change.path.find("{}") != std::string::npos; }
    // What takes no value can be done to several at once.
    bool names_several() const {
        return names_one() && std::ranges::all_of(change.parts, [](Part const& part) { return part.kind == Part::Kind::constant; });
    }
};

Result<std::string> content_of(std::string const& file) {
    if (file == "-") return standard_input();
    return read_file(file, most_file_bytes);
}

Result<std::string> value_of(Part const& part, std::vector<std::string> const& given) {
    auto const text = given.empty() ? std::string{} : given.front();
    switch (part.kind) {
    case Kind::number:
        if (auto const number = to_int(text)) return std::to_string(*number);
        return fail("cli.usage", part.option + " takes a whole number, not «" + clean_text(text, 50) + "».");
    case Kind::texts: return store::texts_json(given);
    case Kind::written: return json_string(text == "-" ? standard_input() : text);
    case Kind::file: return json_string(TRY(content_of(text)));
    case Kind::secret: return json_string(trim(TRY(content_of(text))));
    case Kind::day: {
        auto const day = TRY(optional_date(text, now_ticks()));
        return json_string(text.ends_with('d') ? iso_seconds(day.value_or(0)) : text);
    }
    case Kind::text: return json_string(!part.value.empty() && equal_ignoring_ascii_case(text, part.value) ? std::string{} : text);
    case Kind::constant: return part.value;
    case Kind::password: return json_string(password_from_input());
    default: return json_string(text);
    }
}

std::string object_of(Members const& members) {
    std::string out;
    JsonWriter json(out);
    json.begin_object();
    for (auto one = members.begin(); one != members.end(); ++one) {
        auto const dot = one->first.find('.');
        auto const name = one->first.substr(0, dot);
        auto const of_it = [&](auto const& other) { return other.first.starts_with(name + "."); };
        if (dot != std::string::npos && std::any_of(members.begin(), one, of_it)) continue;  // written with the first
        json.key(name);
        if (dot == std::string::npos) {
            json.raw(one->second);
            continue;
        }
        Members inner;
        for (auto const& other : members)
            if (of_it(other)) inner.emplace_back(other.first.substr(dot + 1), other.second);
        json.raw(object_of(inner));
    }
    json.end_object();
    return out;
}

// The options that give the same member; several of one action go together.
std::vector<std::string> options_of(std::vector<Part> const& parts, std::string const& member) {
    std::vector<std::string> options;
    for (auto const& part : parts)
        if (part.member == member && !part.option.empty() && part.kind != Kind::action) options.push_back(part.option);
    return options;
}

Result<Members> members_of(Plan const& plan) {
    Members members;
    for (std::size_t i = 0; i < plan.given.size(); ++i) {
        auto const& part = plan.change.parts[i];
        auto const& given = plan.given[i];
        if (!given.there() && !part.otherwise.empty()) members.emplace_back(part.member, part.otherwise);
        if (!given.there() || part.kind == Kind::body) continue;
        auto const texts = given.option && part.kind != Kind::constant ? given.option->results() : std::vector<std::string>{};
        if (part.kind == Kind::scope) {
            members.emplace_back("scope", json_string(part.value));
            members.emplace_back("scopeValue", json_string(texts.front()));
        } else if (part.kind == Kind::action) {
            std::string list;
            for (auto const& text : texts)
                list += (list.empty() ? "" : ",") + object_of({{"type", json_string(part.value)}, {"value", json_string(text)}});
            auto const others = std::ranges::find(members, part.member, &Members::value_type::first);
            if (others == members.end()) members.emplace_back(part.member, "[" + list + "]");
            else others->second.insert(others->second.size() - 1, "," + list);
        } else {
            auto value = TRY(value_of(part, texts));
            members.emplace_back(part.member, std::move(value));
        }
    }
    for (auto const& part : plan.change.parts)
        if (auto const options = options_of(plan.change.parts, part.member); part.needed && options.size() > 1 && std::ranges::find(members, part.member, &Members::value_type::first) == members.end())
            return fail("cli.usage", "Give " + join(options, " or ") + ".");
    return members;
}

std::string words_of(json::Value value) {
    if (json::is_string(value)) return std::string(json::text(value));
    return json::is_array(value) ? items_of(value) : json::dump(value);
}

// `pattern` with what {x} stands for.
std::string filled(std::string_view pattern, json::Document const* answer, Named const& named, Members const& given) {
    auto const meant = [&](std::string_view name) -> std::string {
        if (answer)
            if (auto const value = json::member(answer->root(), name))
                return words_of(*value);
        if (name == "id" && !named.id.empty()) return named.id;
        if (name == "name" && !named.id.empty()) return named.name.empty() ? named.id : named.name;
        for (auto const& [member, value] : given)
            if (member == name)
                if (auto const read = json::Document::parse(value, member)) return words_of(read->root());
        return {};
    };
    std::string out;
    for (std::size_t at = 0; at < pattern.size();) {
        auto const open = pattern.find('{', at), close = pattern.find('}', open);
        out += pattern.substr(at, open - at);
        if (open == std::string_view::npos) break;
        auto const [name, unit] = [&] {
            auto const inside = pattern.substr(open + 1, close - open - 1);
            auto const blank = inside.find(' ');
            return std::pair{inside.substr(0, blank), blank == std::string_view::npos ? std::string_view{} : inside.substr(blank + 1)};
        }();
        out += unit.empty() ? meant(name) : counted(to_int(meant(name)).value_or(0), unit);
        at = close + 1;
    }
    return out;
}

// A file that is the whole body, or the members that were given.
Result<std::string> body_of(Plan const& plan, Members const& members) {
    for (std::size_t i = 0; i < plan.given.size(); ++i)
        if (plan.change.parts[i].kind == Kind::body) return content_of(plan.given[i].option->results().front());
    return plan.change.parts.empty() ? std::string{} : object_of(members);
}

Result<int> carry_out(Front const& front, Plan const& plan) {
    auto const& change = plan.change;
    auto const members = TRY(members_of(plan));
    if (members.empty() && change.method == "PATCH")
        return fail("cli.usage", "Nothing is to be changed of «" + clean_text(plan.key, 100) + "»: say what (" + plan.called + " --help lists it).");
    auto const body = TRY(body_of(plan, members));
    auto const ask = TRY(asker(front, change.folder));
    std::vector<Named> all;
    if (!plan.names_one()) all.emplace_back();
    for (auto const& key : plan.key.empty() ? plan.keys : std::vector{plan.key}) {
        auto const found = TRY(find_named(ask, plan.noun, key));
        all.insert(all.end(), found.begin(), found.end());
    }
    int outcome = done;
    for (auto const& one : all) {
        auto const path = replace_all(change.path, "{}", api::percent_encode(one.id));
        auto const answer = TRY(send(ask, change.method, path, body));
        std::optional<json::Document> document;
        if (!answer.empty()) document.emplace(TRY(json::Document::parse(answer, "answer")));
        if (document && change.is_no && change.is_no(document->root())) outcome = answer_is_no;
        auto const& words = front.quiet && !change.alone.empty() ? change.alone : change.said;
        if (plan.output == "json") std::cout << answer << (answer.empty() ? "" : "\n");
        else if (document && change.tell) change.tell(document->root());
        else if (!words.empty()) std::cout << filled(words, document ? &*document : nullptr, one, members) << "\n";
    }
    return outcome;
}

void add_parts(CLI::App& verb, Plan& plan) {
    auto const& parts = plan.change.parts;
    for (auto const& part : parts) {
        auto& given = plan.given.emplace_back();
        if (part.option.empty()) continue;
        if (part.kind == Kind::constant) {
            given.option = verb.add_flag(part.option, given.flag, part.doc);
        } else {
            bool const several = part.kind == Kind::texts || part.kind == Kind::action;
            given.option = several ? verb.add_option(part.option, given.texts, part.doc) : verb.add_option(part.option, given.text, part.doc);
            given.option->required(part.needed && options_of(parts, part.member).size() == 1);
            if (part.kind == Kind::file || part.kind == Kind::secret || part.kind == Kind::body) given.option->type_name("FILE");
            else given.option->type_name(part.kind == Kind::number ? "NUMBER" : "TEXT");
        }
    }
    for (std::size_t i = 0; i < parts.size(); ++i)
        for (std::size_t other = 0; other < i; ++other)
            if (parts[i].member == parts[other].member && plan.given[i].option && plan.given[other].option &&
                !(parts[i].kind == Kind::action && parts[other].kind == Kind::action))
                plan.given[i].option->excludes(plan.given[other].option);
}

}  // namespace

Result<std::vector<Named>> find_named(Ask const& ask, Noun const& noun, std::string const& wanted) {
    if (noun.list.path.empty()) return std::vector{Named{wanted, wanted}};
    auto list = noun.list;
    if (!noun.condition.empty()) only(list, noun.condition, wanted);
    std::vector<Named> of_name;
    for (std::optional page(TRY(first_page(ask, list))); page; page = TRY(next_page(ask, *page)))
        for (auto const row : json::array(page->root(), "value")) {
            Named one{std::string(json::text(row, "id")), std::string(json::text(row, noun.name))};
            if (equal_ignoring_ascii_case(one.id, wanted) || (!noun.prefix.empty() && one.id == noun.prefix + wanted)) return std::vector{std::move(one)};
            if (!noun.condition.empty() || equal_ignoring_ascii_case(one.name, wanted)) of_name.push_back(std::move(one));
        }
    if (of_name.empty()) return fail("cli.no_such", noun.what, clean_text(wanted, 100), noun.lists);
    if (of_name.size() == 1 || noun.all_of_name) return of_name;
    std::vector<std::string> ids;
    for (auto const& one : of_name) ids.push_back(one.id);
    return fail("cli.several", std::to_string(ids.size()), clean_text(wanted, 100), join(ids, ", "));
}

CLI::App* add_list(CLI::App& verb, Front& front, std::string const& name, std::string const& doc, View view, Folder folder) {
    auto const shown = std::make_shared<View>(std::move(view));
    auto* list = verb.add_subcommand(name, doc);
    shown->question.output = "table";
    add_output_option(*list, shown->question.output);
    list->callback([&front, shown, folder] {
        throw run([&]() -> Result<int> {
            TRY(print_view(TRY(asker(front, folder)), *shown));
            return done;
        }());
    });
    return list;
}

void add_changes(CLI::App& verb, Front& front, Noun const& noun, std::vector<Change> changes) {
    for (auto& change : changes) {
        auto const plan = std::make_shared<Plan>();
        plan->noun = noun;
        plan->change = std::move(change);
        plan->called = "merlon " + verb.get_name() + " " + plan->change.verb;
        auto* made = verb.add_subcommand(plan->change.verb, plan->change.doc);
        if (plan->names_one()) {
            if (plan->names_several()) made->add_option(noun.key, plan->keys, noun.key_doc)->required();
            else made->add_option(noun.key, plan->key, noun.key_doc)->required();
        }
        add_parts(*made, *plan);
        if (plan->change.method != "DELETE") made->add_option("--output", plan->output, "table (default), or json: the server's answer as it is")->check(CLI::IsMember({"table", "json"}));
        if (!plan->change.footer.empty()) made->footer(plan->change.footer);
        made->callback([&front, plan] { throw run(carry_out(front, *plan)); });
    }
}

}  // namespace merlon::cli
