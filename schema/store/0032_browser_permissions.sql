-- Migration 32. Browser extensions: whether they are turned on, what they may do, and how much that is.
-- What permissions of extensions mean. Names are those of manifests; all_sites and some_sites stand for patterns of addresses.
CREATE TABLE browser_permission (
    name VARCHAR PRIMARY KEY, title VARCHAR NOT NULL, description VARCHAR NOT NULL,
    risk VARCHAR NOT NULL         -- None Low Medium High Critical
);
INSERT INTO browser_permission VALUES
    ('all_sites', 'All web sites', 'Reads and changes what every page shows, and what is typed there.', 'High'),
    ('some_sites', 'Certain web sites', 'Reads and changes what the pages of the named sites show.', 'Medium'),
    ('activeTab', 'The page it is used on', 'Reads and changes a page when somebody uses the extension there.', 'Low'),
    ('alarms', 'Timers', 'Does something at certain times.', 'None'),
    ('bookmarks', 'Bookmarks', 'Reads and changes bookmarks.', 'Medium'),
    ('browsingData', 'Browsing data', 'Deletes history, cookies and stored passwords.', 'High'),
    ('clipboardRead', 'Reading the clipboard', 'Reads what was copied, passwords too.', 'High'),
    ('clipboardWrite', 'Writing the clipboard', 'Changes what will be pasted.', 'Low'),
    ('contentSettings', 'Settings of sites', 'Changes what sites may do: scripts, camera, cookies.', 'High'),
    ('contextMenus', 'Context menu', 'Adds entries to the context menu.', 'None'),
    ('cookies', 'Cookies', 'Reads and changes cookies; with them a session can be taken over.', 'High'),
    ('debugger', 'Debugger', 'Controls other pages and extensions as a debugger does: everything that they show and send.', 'Critical'),
    ('declarativeContent', 'Looking for content', 'Acts on pages with certain content, without reading them.', 'None'),
    ('declarativeNetRequest', 'Blocking requests', 'Blocks requests by rules, without reading them.', 'Low'),
    ('declarativeNetRequestWithHostAccess', 'Changing requests', 'Redirects and changes requests to the sites that it may reach.', 'Medium'),
    ('desktopCapture', 'Recording the screen', 'Records screen, windows and tabs.', 'High'),
    ('downloads', 'Downloads', 'Starts, watches and changes downloads.', 'Medium'),
    ('downloads.open', 'Opening downloads', 'Opens files that were downloaded.', 'High'),
    ('enterprise.deviceAttributes', 'Identity of the device', 'Reads serial number and other names of the device.', 'Medium'),
    ('favicon', 'Icons of sites', 'Shows the icons of sites.', 'None'),
    ('fileSystemProvider', 'File systems', 'Offers files to the system.', 'Medium'),
    ('geolocation', 'Location', 'Reads where the device is.', 'Medium'),
    ('history', 'History', 'Reads and changes which pages were visited.', 'High'),
    ('identity', 'Sign-in', 'Signs the person in to services.', 'Medium'),
    ('identity.email', 'E-mail address', 'Reads the e-mail address of the signed-in person.', 'Medium'),
    ('idle', 'Idleness', 'Sees whether somebody is at the device.', 'Low'),
    ('management', 'Other extensions', 'Lists, turns off and removes other extensions.', 'High'),
    ('menus', 'Menus', 'Adds entries to menus.', 'None'),
    ('nativeMessaging', 'Programs of the device', 'Talks to programs outside the browser.', 'High'),
    ('notifications', 'Notifications', 'Shows notifications.', 'Low'),
    ('offscreen', 'Hidden page', 'Works in a page that is not shown.', 'None'),
    ('pageCapture', 'Saving pages', 'Saves whole pages.', 'High'),
    ('power', 'Power', 'Keeps the device awake.', 'Low'),
    ('privacy', 'Privacy settings', 'Changes the privacy settings of the browser.', 'High'),
    ('proxy', 'Proxy', 'Sends all traffic where it likes.', 'Critical'),
    ('scripting', 'Running scripts', 'Runs scripts in the pages that it may reach.', 'Medium'),
    ('sessions', 'Closed tabs', 'Lists and opens recently closed tabs, of other devices too.', 'Medium'),
    ('sidePanel', 'Side panel', 'Shows a side panel.', 'None'),
    ('storage', 'Own storage', 'Keeps its own settings.', 'None'),
    ('system.cpu', 'Processor', 'Reads what processor the device has.', 'Low'),
    ('system.memory', 'Memory', 'Reads how much memory the device has.', 'Low'),
    ('system.storage', 'Storage devices', 'Sees storage devices come and go.', 'Low'),
    ('tabCapture', 'Recording tabs', 'Records picture and sound of tabs.', 'High'),
    ('tabGroups', 'Groups of tabs', 'Arranges groups of tabs.', 'Low'),
    ('tabs', 'Open tabs', 'Reads addresses and titles of open tabs.', 'Medium'),
    ('topSites', 'Most visited sites', 'Reads which sites are visited most.', 'Medium'),
    ('tts', 'Speech', 'Speaks.', 'None'),
    ('unlimitedStorage', 'Much storage', 'Keeps more data than others may.', 'None'),
    ('userScripts', 'User scripts', 'Runs scripts that the person adds.', 'High'),
    ('vpnProvider', 'VPN', 'Offers a VPN.', 'High'),
    ('webNavigation', 'Navigation', 'Sees which pages are opened.', 'Medium'),
    ('webRequest', 'Web requests', 'Reads requests to the sites that it may reach.', 'Medium'),
    ('webRequestAuthProvider', 'Sign-in of requests', 'Answers when a site asks for a password.', 'High'),
    ('webRequestBlocking', 'Changing web requests', 'Changes and holds up requests to the sites that it may reach.', 'Medium');
-- Device x browser x extension x version. turned_on, required and optional are null where no sensor told; an extension is on
-- where it is on for somebody. Permissions are as manifests write them, with commas between.
CREATE VIEW browser_extension AS
SELECT v.*, f.turned_on, f.required, f.optional
FROM (SELECT i.device, s.bundle_id AS extension, s.name, s.vendor, s.version, max(i.installed_at) AS installed_at,
             CASE s.source WHEN 'chrome_extensions' THEN coalesce(nullif(s.edition, ''), 'chrome') WHEN 'firefox_addons' THEN 'firefox'
                           WHEN 'edge_extensions' THEN 'edge' WHEN 'safari_extensions' THEN 'safari' END AS browser,
             'osquery.' || s.source || CASE WHEN s.source = 'chrome_extensions' THEN '.' || s.edition ELSE '' END || '.' || s.bundle_id AS subject
      FROM main.installation i JOIN main.software s ON s.id = i.software
      WHERE s.source IN ('chrome_extensions', 'firefox_addons', 'edge_extensions', 'safari_extensions')
      GROUP BY ALL) v
LEFT JOIN (SELECT device, regexp_replace(key, '\.[^.]*$', '') AS subject,  -- the last part is the user
                  bool_or(coalesce(value->>'$.state', value->>'$.active') = '1') AS turned_on,
                  max(value->>'$.permissions') AS required, max(value->>'$.optional_permissions') AS optional
           FROM main.setting WHERE starts_with(key, 'osquery.chrome_extensions.') OR starts_with(key, 'osquery.firefox_addons.')
           GROUP BY ALL) f ON f.device = v.device AND f.subject = v.subject;
-- Browser x extension x permission that some version asks for; name leads to browser_permission.
CREATE VIEW browser_extension_permission AS
SELECT browser, extension, permission, bool_or(required) AS required,
       CASE WHEN regexp_matches(permission, '^(<all_urls>|(\*|https?|ftp|file|wss?)://(\*|/)?/?\*?)$') THEN 'all_sites'
            WHEN contains(permission, '://') THEN 'some_sites' ELSE permission END AS name
FROM (SELECT browser, extension, required, unnest(regexp_split_to_array(text, '[,\s]+')) AS permission
      FROM (SELECT DISTINCT browser, extension, true AS required, required AS text FROM main.browser_extension
            UNION SELECT DISTINCT browser, extension, false, optional FROM main.browser_extension))
WHERE permission <> '' GROUP BY ALL;
-- What an extension could do at most with what it asks for at once; one whose permissions are not known has no row.
CREATE VIEW browser_extension_risk AS
SELECT e.browser, e.extension, coalesce(max_by(p.risk, CASE p.risk WHEN 'Critical' THEN 4 WHEN 'High' THEN 3 WHEN 'Medium' THEN 2 WHEN 'Low' THEN 1 ELSE 0 END), 'None') AS risk
FROM (SELECT DISTINCT browser, extension FROM main.browser_extension WHERE required IS NOT NULL) e
LEFT JOIN (SELECT x.browser, x.extension, coalesce(b.risk, 'Low') AS risk
           FROM main.browser_extension_permission x LEFT JOIN main.browser_permission b ON b.name = x.name
           WHERE x.required) p ON p.browser = e.browser AND p.extension = e.extension
GROUP BY ALL;
