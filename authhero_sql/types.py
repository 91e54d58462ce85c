"""The typed dictionaries that callers write: what is created, what is updated, and by which conditions lists are filtered.

A type checker finds a key that there is not, and a value of the wrong type. The fields of a dictionary have their Python names or those
that they have on the wire. A ``dict[str, Any]``, such as the body of a request, may be given instead: it is ``Unchecked``, and validated
when the call is made. The package itself loads nothing from here.

``scripts/write_types.py`` writes this file from the adapters, their models and their tables; do not edit it.
"""

# Not as strings: TypedDict would compile each of them when the module is imported.

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Literal, Required, TypeAlias, TypedDict

from .models.actions import (
    ActionDependency,
    ActionExecutionError,
    ActionExecutionLog,
    ActionExecutionLogEntry,
    ActionExecutionResult,
    ActionExecutionStatus,
    ActionSecret,
    ActionStatus,
    ActionTrigger,
    HookTemplateId,
    LogLevel,
    TriggerId,
)
from .models.analytics import (
    AnalyticsFilters,
    AnalyticsGroupBy,
    AnalyticsInterval,
    AnalyticsUserType,
)
from .models.audit import (
    Actor,
    ActorType,
    AuditCategory,
    Change,
    RequestContext,
    ResponseContext,
    Target,
)
from .models.authentication_methods import (
    AuthenticationMethodType,
)
from .models.branding import (
    Alignment,
    Borders,
    BrandingColors,
    BrandingFont,
    ButtonsStyle,
    Colors,
    DarkMode,
    FontDetails,
    Fonts,
    Gradient,
    PageBackground,
    UniversalLoginExperience,
    Widget,
)
from .models.clients import (
    AppType,
    BackchannelLogoutInitiators,
    ClientOidcLogout,
    ComplianceLevel,
    OrganizationRequireBehavior,
    RefreshTokenSettingsInsert,
    RegistrationType,
    TokenEndpointAuthMethod,
    UserLinkingMode,
)
from .models.codes import (
    CodeType,
)
from .models.connections import (
    Active,
    AllowedUsernameTypes,
    ConnectionAttributes,
    ConnectionAuthenticationMethods,
    ConnectionConfiguration,
    ConnectionOptions,
    ConnectionValidation,
    EmailAttribute,
    EmailSignup,
    EmailValidation,
    Enabled,
    PasskeyOptions,
    PasswordComplexity,
    PasswordDictionary,
    PasswordHistory,
    PasswordNoPersonalInfo,
    PasswordPolicy,
    PhoneNumberAttribute,
    Signup,
    SignupStatus,
    UsernameAttribute,
    UsernameLength,
    UsernameRules,
)
from .models.domains import (
    ClientIPHeader,
    CustomDomainStatus,
    CustomDomainType,
    DomainVerification,
    GeneralVerification,
    HandlerConfig,
    HTTPVerification,
    Match,
    TXTVerification,
)
from .models.emails import (
    EmailTemplateName,
)
from .models.flows import (
    EmailVerificationRules,
    EmailVerifyAction,
    EmailVerifyParams,
    GenericFlowAction,
    RedirectAction,
    RedirectParams,
    UpdateUserAction,
    UpdateUserParams,
)
from .models.forms import (
    ActionNode,
    ActionNodeConfig,
    BooleanField,
    BooleanFieldConfig,
    CardsField,
    CardsFieldConfig,
    CardsOption,
    ChoiceField,
    ChoiceFieldConfig,
    ChoiceOption,
    CodeField,
    CodeFieldConfig,
    Coordinates,
    CountryField,
    CountryFieldConfig,
    CustomField,
    CustomFieldConfig,
    DateField,
    DateFieldConfig,
    DividerBlock,
    DividerBlockConfig,
    DropdownField,
    DropdownFieldConfig,
    EmailField,
    EmailFieldConfig,
    FieldMessage,
    FileField,
    FileFieldConfig,
    FlowNode,
    FlowNodeConfig,
    FormAfterSubmit,
    FormEnding,
    FormRedirection,
    FormStart,
    GenericComponent,
    GenericNode,
    GoogleMapsAddressWidget,
    GoogleMapsAddressWidgetConfig,
    HiddenField,
    HtmlBlock,
    HtmlBlockConfig,
    ImageBlock,
    ImageBlockConfig,
    JumpButtonBlock,
    JumpButtonBlockConfig,
    LegalField,
    LegalFieldConfig,
    MessageType,
    NextButtonBlock,
    NextButtonBlockConfig,
    NumberField,
    NumberFieldConfig,
    PasswordField,
    PasswordFieldConfig,
    PaymentField,
    PaymentFieldConfig,
    PreviousButtonBlock,
    PreviousButtonBlockConfig,
    RecaptchaWidget,
    RecaptchaWidgetConfig,
    ResendButtonBlock,
    ResendButtonBlockConfig,
    RichTextBlock,
    RichTextBlockConfig,
    RouterNode,
    RouterNodeConfig,
    RouterRule,
    SocialField,
    SocialFieldConfig,
    SocialProvider,
    StepNode,
    StepNodeConfig,
    TelephoneField,
    TelephoneFieldConfig,
    TextField,
    TextFieldConfig,
    UrlField,
    UrlFieldConfig,
    VerifiableCredentialsWidget,
    VerifiableCredentialsWidgetConfig,
)
from .models.keys import (
    SigningKeyType,
)
from .models.logs import (
    Auth0Client,
    LocationInfo,
    LocationInfoInsert,
)
from .models.operations import (
    RolloutKind,
    RolloutStatus,
    TenantOperationEngine,
    TenantOperationEventOutcome,
    TenantOperationKind,
    TenantOperationStatus,
)
from .models.organizations import (
    ClientCredentialsQuota,
    Invitee,
    Inviter,
    OrganizationBranding,
    OrganizationColors,
    OrganizationEnabledConnection,
    OrganizationTokenQuota,
)
from .models.permissions import (
    ClientRegistrationTokenType,
    MutualTLS,
    ResourceServerOptions,
    ResourceServerScope,
    SubjectType,
    TokenDialect,
)
from .models.scim import (
    ScimMappingEntry,
)
from .models.sessions import (
    AuthParams,
    AuthStrategy,
    ClaimRequest,
    ClaimsRequest,
    Device,
    GrantedResourceServer,
    LoginSessionState,
)
from .models.shared import (
    OrganizationUsage,
    RedirectTarget,
    ResponseMode,
    ResponseType,
)
from .models.streams import (
    LogStreamFilter,
    LogStreamStatus,
    LogStreamType,
    MigrationProviderType,
    MigrationSourceCredentials,
)
from .models.tenants import (
    AttackProtection,
    BreachedPasswordDetection,
    BreachedPasswordStages,
    BruteForceProtection,
    CustomPage,
    DefaultTokenQuota,
    DeploymentType,
    DeviceFlowInsert,
    ErrorPage,
    MfaFactors,
    Mtls,
    PasswordStage,
    PhoneMessage,
    ProvisioningState,
    SessionCookie,
    SmsProvider,
    StorageKind,
    SuspiciousIpThrottling,
    TenantFlags,
    TenantMfa,
    TenantOidcLogout,
    TenantSessions,
    ThrottlingStage,
    ThrottlingStages,
    TokenQuota,
    TwilioSettings,
)
from .models.users import (
    Address,
    PasswordAlgorithm,
    UserPassword,
)
from .rows import Unchecked
from .where import Condition

TextIs: TypeAlias = str | Condition[str] | None
"""Text that must be equal, or a condition for it; None for no value."""
NumberIs: TypeAlias = int | Condition[int] | None
"""A number that must be equal, or a condition for it; None for no value."""
TruthIs: TypeAlias = bool | Condition[bool] | None
"""What must be true or false; None for no value."""
InstantIs: TypeAlias = datetime | date | str | Condition[datetime] | Condition[date] | Condition[str] | None
"""An instant, a day or the ISO 8601 text of either, or a condition for it; None for no value."""
Instant: TypeAlias = datetime | str
"""An aware instant, or its ISO 8601 text."""


class AnalyticsFiltersDict(TypedDict, total=False):
    """Which events count: those that have one of the values of each field that is given; an empty list filters nothing."""

    connection: list[str] | None
    """The names of connections."""
    client_id: list[str] | None
    """The identifiers of clients."""
    user_type: list[AnalyticsUserType] | None
    """The kinds of sign-in."""
    user_id: list[str] | None
    """The identifiers of users."""


class ActorDict(TypedDict, total=False):
    """Who did it."""

    type: Required[ActorType]
    """What kind of actor did it."""
    id: str | None
    """The identifier of the actor."""
    email: str | None
    """The e-mail address of the actor."""
    org_id: str | None
    """The identifier of the organization that the actor acted in."""
    org_name: str | None
    """The name of the organization that the actor acted in."""
    scopes: list[str] | None
    """The scopes that the actor's access token had."""
    client_id: str | None
    """The identifier of the client through which the actor acted."""


class ChangeDict(TypedDict, total=False):
    """A value before and after."""

    old: Required[Any]
    """The value before the change."""
    new: Required[Any]
    """The value after the change."""


class TargetDict(TypedDict, total=False):
    """What it was done to."""

    type: Required[str]
    """What kind of entity was acted on."""
    id: Required[str]
    """The identifier of the entity."""
    before: Mapping[str, Any] | None
    """The entity as it was before."""
    after: Mapping[str, Any] | None
    """The entity as it was afterwards."""
    diff: Mapping[str, Change | ChangeDict | Unchecked] | None
    """What changed, by field."""


class RequestContextDict(TypedDict, total=False):
    """The request by which it was done."""

    method: Required[str]
    """The HTTP method."""
    path: Required[str]
    """The path of the request."""
    query: Mapping[str, str] | None
    """The parameters of the query string."""
    body: Any
    """The body of the request."""
    ip: Required[str]
    """The IP address from which the request came."""
    user_agent: str | None
    """The ``User-Agent`` header of the request."""
    correlation_id: str | None
    """The identifier that connects the log entries of one request."""
    redirect_uri: str | None
    """The address to which the user is redirected."""


class ResponseContextDict(TypedDict, total=False):
    """How the request was answered."""

    status_code: Required[int]
    """The HTTP status code."""
    body: Any
    """The body of the response."""


class LocationInfoDict(TypedDict, total=False):
    """Where a request came from."""

    country_code: Required[str]
    """The country, as an ISO 3166-1 alpha-2 code."""
    city_name: Required[str]
    """The name of the city."""
    latitude: Required[str]
    """The latitude, in degrees."""
    longitude: Required[str]
    """The longitude, in degrees."""
    time_zone: Required[str]
    """The IANA time zone."""
    continent_code: Required[str]
    """The continent, as a two-letter code."""


class Auth0ClientDict(TypedDict, total=False):
    """The library that a client uses, as it says itself."""

    name: Required[str]
    """The name of the software."""
    version: Required[str]
    """The version of the software."""
    env: Mapping[str, str] | None
    """The versions of what the software runs on, by name."""


class ActionExecutionErrorDict(TypedDict, total=False):
    """Why an action failed."""

    id: Required[str]
    """The code of the error."""
    msg: Required[str]
    """The message of the error."""
    url: str | None
    """The address of a page that explains the error."""


class ActionExecutionResultDict(TypedDict, total=False):
    """How one action ended. Its times are kept as the text they came as."""

    action_name: Required[str]
    """The name of the action."""
    error: Required[ActionExecutionError | ActionExecutionErrorDict | Unchecked | None]
    """Why the action failed; absent if it succeeded."""
    started_at: Required[str]
    """When the action started."""
    ended_at: Required[str]
    """When the action ended."""


class ActionExecutionLogEntryDict(TypedDict, total=False):
    """A line that an action wrote."""

    level: Required[LogLevel]
    """The severity of the line."""
    message: Required[str]
    """The text of the line."""


class ActionExecutionLogDict(TypedDict, total=False):
    """What one action wrote."""

    action_name: Required[str]
    """The name of the action."""
    lines: Required[Sequence[ActionExecutionLogEntry | ActionExecutionLogEntryDict | Unchecked]]
    """The lines that the action wrote, in order."""


class ActionTriggerDict(TypedDict, total=False):
    """A point at which an action may run."""

    id: Required[str]
    """The name of the trigger, such as ``post-user-login``."""
    version: str | None
    """The version of the trigger's interface, such as ``v3``."""


class ActionDependencyDict(TypedDict, total=False):
    """An npm package that an action needs."""

    name: Required[str]
    """The name of the npm package."""
    version: Required[str]
    """The version of the npm package."""


class ActionSecretDict(TypedDict, total=False):
    """A value that an action may read; what it is leaves the server only once."""

    name: Required[str]
    """The name by which the action's code reads the secret."""
    value: str | None
    """The secret value."""


class GradientDict(TypedDict, total=False):
    """A page background of two colours; the angle is in degrees."""

    type: str | None
    """The kind of gradient, such as ``linear-gradient``."""
    start: str | None
    """The first colour, as a CSS hexadecimal colour."""
    end: str | None
    """The last colour, as a CSS hexadecimal colour."""
    angle_deg: int | float | None
    """The direction, in degrees."""


class BrandingColorsDict(TypedDict, total=False):
    """The colours of a tenant's pages; a background is one colour or a gradient."""

    primary: Required[str]
    """The accent colour, as a CSS hexadecimal colour."""
    page_background: str | Gradient | GradientDict | Unchecked | None
    """The background of the page: a CSS hexadecimal colour or a gradient."""


class BrandingFontDict(TypedDict, total=False):
    """Where the font is."""

    url: Required[str]
    """The address of the font."""


class BackchannelLogoutInitiatorsDict(TypedDict, total=False):
    """What makes a client hear of a logout."""

    mode: Literal["all", "custom"] | None
    """Whether all logouts notify the client, or only those in ``selected_initiators``."""
    selected_initiators: list[str] | None
    """The kinds of logout that notify the client, such as ``rp-logout``."""


class ClientOidcLogoutDict(TypedDict, total=False):
    """How a client hears of a logout."""

    backchannel_logout_urls: list[str] | None
    """The addresses that receive logout tokens (OpenID Connect Back-Channel Logout)."""
    backchannel_logout_initiators: BackchannelLogoutInitiators | BackchannelLogoutInitiatorsDict | Unchecked | None
    """The kinds of logout that notify the client."""


class RefreshTokenSettingsInsertDict(TypedDict, total=False):
    """The same with the limits for new ones."""

    rotation_type: Literal["rotating", "non-rotating"] | None
    """Whether each exchange replaces the refresh token with a new one."""
    leeway: int | None
    """The time for which a rotated refresh token may be used once more, in seconds, from 0 to 600."""
    expiration_type: Literal["expiring", "non-expiring"] | None
    """Whether refresh tokens expire."""
    token_lifetime: int | None
    """The lifetime of a refresh token, in seconds."""
    infinite_token_lifetime: bool | None
    """Whether refresh tokens live for ever, whatever ``token_lifetime`` says."""
    idle_token_lifetime: int | None
    """The lifetime of a refresh token that is not used, in seconds."""
    infinite_idle_token_lifetime: bool | None
    """Whether refresh tokens that are not used live for ever, whatever ``idle_token_lifetime`` says."""


class PasswordComplexityDict(TypedDict, total=False):
    """How long a password has to be."""

    min_length: int | None
    """The least number of characters."""


class PasswordHistoryDict(TypedDict, total=False):
    """Which earlier passwords are refused."""

    enable: bool | None
    """Whether earlier passwords are refused."""
    size: int | None
    """The number of earlier passwords that are refused."""


class PasswordNoPersonalInfoDict(TypedDict, total=False):
    """Whether a password may hold what is known of the person."""

    enable: bool | None
    """Whether passwords that contain the user's personal data are refused."""


class PasswordDictionaryDict(TypedDict, total=False):
    """The words that no password may be."""

    enable: bool | None
    """Whether passwords in the dictionary are refused."""
    dictionary: list[str] | None
    """Further words that are refused."""


class ConnectionConfigurationDict(TypedDict, total=False):
    """The other side of a connection that moves people over from elsewhere."""

    token_endpoint: str | None
    """The address of the other server's token endpoint."""
    userinfo_endpoint: str | None
    """The address of the other server's UserInfo endpoint."""
    client_id: str | None
    """The client identifier at the other server."""
    client_secret: str | None
    """The client secret at the other server."""
    client_secret_hint: str | None
    """The last characters of the client secret."""
    realm: str | None
    """The name of the other server's connection."""


class ActiveDict(TypedDict, total=False):
    """Something that is switched on or off."""

    active: bool | None
    """Whether it is switched on."""


class EmailSignupDict(TypedDict, total=False):
    """Whether an e-mail address is asked for at sign-up, and proven."""

    status: SignupStatus | None
    """Whether the attribute is required, optional or not asked for."""
    verification: Active | ActiveDict | Unchecked | None
    """Whether the user must verify the e-mail address."""


class EmailValidationDict(TypedDict, total=False):
    """Whether an e-mail address is allowed."""

    allowed: bool | None
    """Whether the e-mail address is allowed."""


class EmailAttributeDict(TypedDict, total=False):
    """E-mail addresses as a way to name oneself."""

    identifier: Active | ActiveDict | Unchecked | None
    """Whether users may sign in with their e-mail address."""
    signup: EmailSignup | EmailSignupDict | Unchecked | None
    """Whether the e-mail address is asked for at sign-up."""
    validation: EmailValidation | EmailValidationDict | Unchecked | None
    """Whether e-mail addresses are allowed."""
    unique: bool | None
    """Whether an e-mail address may belong to one user only."""
    profile_required: bool | None
    """Whether a profile must have an e-mail address."""
    verification_method: Literal["link", "code"] | None
    """Whether the e-mail address is verified by a link or by a code."""


class SignupDict(TypedDict, total=False):
    """Whether an attribute is asked for at sign-up."""

    status: SignupStatus | None
    """Whether the attribute is required, optional or not asked for."""


class AllowedUsernameTypesDict(TypedDict, total=False):
    """What else a username may be."""

    email: bool | None
    """Whether a user name may be an e-mail address."""
    phone_number: bool | None
    """Whether a user name may be a phone number."""


class UsernameRulesDict(TypedDict, total=False):
    """What a username looks like."""

    max_length: int | None
    """The most characters that a user name has."""
    min_length: int | None
    """The least number of characters that a user name has."""
    allowed_types: AllowedUsernameTypes | AllowedUsernameTypesDict | Unchecked | None
    """What else a user name may look like."""


class UsernameAttributeDict(TypedDict, total=False):
    """Usernames as a way to name oneself."""

    identifier: Active | ActiveDict | Unchecked | None
    """Whether users may sign in with their user name."""
    signup: Signup | SignupDict | Unchecked | None
    """Whether a user name is asked for at sign-up."""
    validation: UsernameRules | UsernameRulesDict | Unchecked | None
    """The rules for user names."""
    profile_required: bool | None
    """Whether a profile must have a user name."""


class PhoneNumberAttributeDict(TypedDict, total=False):
    """Phone numbers as a way to name oneself."""

    identifier: Active | ActiveDict | Unchecked | None
    """Whether users may sign in with their phone number."""
    signup: Signup | SignupDict | Unchecked | None
    """Whether a phone number is asked for at sign-up."""


class ConnectionAttributesDict(TypedDict, total=False):
    """The ways to name oneself at a connection."""

    email: EmailAttribute | EmailAttributeDict | Unchecked | None
    """The settings of e-mail addresses."""
    username: UsernameAttribute | UsernameAttributeDict | Unchecked | None
    """The settings of user names."""
    phone_number: PhoneNumberAttribute | PhoneNumberAttributeDict | Unchecked | None
    """The settings of phone numbers."""


class EnabledDict(TypedDict, total=False):
    """Something that is enabled or not."""

    enabled: bool | None
    """Whether it is enabled."""


class ConnectionAuthenticationMethodsDict(TypedDict, total=False):
    """The ways to prove who one is at a connection."""

    password: Enabled | EnabledDict | Unchecked | None
    """Whether users may sign in with a password."""
    passkey: Enabled | EnabledDict | Unchecked | None
    """Whether users may sign in with a passkey."""


class PasskeyOptionsDict(TypedDict, total=False):
    """How passkeys are asked for."""

    challenge_ui: Literal["both", "autofill", "button"] | None
    """Whether passkeys are offered by a button, by autofill, or by both."""
    local_enrollment_enabled: bool | None
    """Whether users are offered to enroll a passkey on a device after they have used one from another."""
    progressive_enrollment_enabled: bool | None
    """Whether users are offered to enroll a passkey when they sign in with a password."""


class UsernameLengthDict(TypedDict, total=False):
    """How long a username may be."""

    min: int | None
    """The least number of characters."""
    max: int | None
    """The most characters."""


class ConnectionValidationDict(TypedDict, total=False):
    """What is checked of what people type."""

    username: UsernameLength | UsernameLengthDict | Unchecked | None
    """The length of user names."""


_ConnectionOptionsDict = TypedDict("_ConnectionOptionsDict", {"from": str | None}, total=False)


class ConnectionOptionsDict(_ConnectionOptionsDict, total=False):
    """The settings of a connection; which ones there are depends on its strategy."""

    kid: str | None
    """The identifier of the key at the provider (Sign in with Apple)."""
    team_id: str | None
    """The identifier of the developer team (Sign in with Apple)."""
    realms: str | None
    """The realms of the provider."""
    authentication_method: str | None
    """How the user proves control of the address, such as by a code or a link."""
    client_id: str | None
    """The client identifier at the provider."""
    client_secret: str | None
    """The client secret at the provider."""
    app_secret: str | None
    """The private key of the app at the provider (Sign in with Apple)."""
    scope: str | None
    """The scopes that are requested from the provider, separated by spaces."""
    client_secret_hint: str | None
    """The last characters of the client secret."""
    app_secret_hint: str | None
    """The last characters of the app secret."""
    twilio_token_hint: str | None
    """The last characters of the Twilio token."""
    authorization_endpoint: str | None
    """The address of the provider's authorization endpoint."""
    token_endpoint: str | None
    """The address of the provider's token endpoint."""
    userinfo_endpoint: str | None
    """The address of the provider's UserInfo endpoint."""
    jwks_uri: str | None
    """The address of the provider's JSON Web Key Set."""
    discovery_url: str | None
    """The address of the provider's OpenID Connect discovery document."""
    issuer: str | None
    """The issuer identifier of the provider."""
    token_endpoint_auth_method: Literal["client_secret_basic", "client_secret_post"] | None
    """How the client authenticates at the provider's token endpoint."""
    provider: str | None
    """The service that sends messages, such as ``twilio``."""
    from_: str | None
    """The sender of messages."""
    twilio_sid: str | None
    """The account SID at Twilio."""
    twilio_token: str | None
    """The authentication token at Twilio."""
    icon_url: str | None
    """The address of the icon on the connection's button."""
    domain_aliases: list[str] | None
    """The e-mail domains whose users sign in by this connection."""
    callback_url: str | None
    """The address to which the provider redirects the user."""
    password_policy: PasswordPolicy | None
    """How strong passwords have to be."""
    passwordPolicy: PasswordPolicy | None
    """How strong passwords have to be."""
    password_complexity_options: PasswordComplexity | PasswordComplexityDict | Unchecked | None
    """How long passwords have to be."""
    password_history: PasswordHistory | PasswordHistoryDict | Unchecked | None
    """Which earlier passwords are refused."""
    password_no_personal_info: PasswordNoPersonalInfo | PasswordNoPersonalInfoDict | Unchecked | None
    """Whether passwords may contain personal data."""
    password_dictionary: PasswordDictionary | PasswordDictionaryDict | Unchecked | None
    """Which common words are refused as passwords."""
    disable_signup: bool | None
    """Whether sign-ups are disabled."""
    brute_force_protection: bool | None
    """Whether repeated failures to sign in block the account."""
    import_mode: bool | None
    """Whether users are imported from another server when they sign in."""
    configuration: ConnectionConfiguration | ConnectionConfigurationDict | Unchecked | None
    """The server that users are imported from."""
    attributes: ConnectionAttributes | ConnectionAttributesDict | Unchecked | None
    """Which attributes users have and may sign in with."""
    authentication_methods: ConnectionAuthenticationMethods | ConnectionAuthenticationMethodsDict | Unchecked | None
    """Which authentication methods users may use."""
    passkey_options: PasskeyOptions | PasskeyOptionsDict | Unchecked | None
    """The settings of passkeys."""
    requires_username: bool | None
    """Whether users need a user name beside their e-mail address."""
    validation: ConnectionValidation | ConnectionValidationDict | Unchecked | None
    """The rules for what users type."""
    set_user_root_attributes: Literal["on_each_login", "on_first_login", "never_on_login"] | None
    """When the profile is updated with what the provider says."""


class TXTVerificationDict(TypedDict, total=False):
    """A TXT record that proves the domain."""

    name: Required[Literal["txt"]]
    """The method of verification, always ``txt``."""
    record: Required[str]
    """The content of the TXT record."""
    domain: Required[str]
    """The name of the TXT record."""


class HTTPVerificationDict(TypedDict, total=False):
    """A page that proves the domain."""

    name: Required[Literal["http"]]
    """The method of verification, always ``http``."""
    http_body: Required[str]
    """The body that the address must return."""
    http_url: Required[str]
    """The address that must return the body."""


class GeneralVerificationDict(TypedDict, total=False):
    """A way that is not known here, such as a CNAME record; kept as it is."""

    name: Required[str]
    """The method of verification."""


class DomainVerificationDict(TypedDict, total=False):
    """The ways to prove that a domain is one's own."""

    methods: Required[
        Sequence[
            TXTVerification
            | TXTVerificationDict
            | Unchecked
            | HTTPVerification
            | HTTPVerificationDict
            | GeneralVerification
            | GeneralVerificationDict
        ]
    ]
    """The ways to prove ownership of the domain."""


class UpdateUserParamsDict(TypedDict, total=False):
    """Whose profile is changed, and how."""

    connection_id: str | None
    """The identifier of the user's connection."""
    user_id: Required[str]
    """The identifier of the user."""
    changes: Required[Mapping[str, Any]]
    """The new values, by field."""


class UpdateUserActionDict(TypedDict, total=False):
    """Changes a user's profile."""

    id: Required[str]
    """The identifier of the action."""
    alias: str | None
    """The name of the action in the editor."""
    allow_failure: bool | None
    """Whether the flow continues when the action fails."""
    mask_output: bool | None
    """Whether logs leave out the output of the action."""
    type: Required[Literal["AUTH0"]]
    """The kind of action, always ``AUTH0``."""
    action: Required[Literal["UPDATE_USER"]]
    """The operation, always ``UPDATE_USER``."""
    params: Required[UpdateUserParams | UpdateUserParamsDict | Unchecked]
    """The user, and what to change."""


class EmailVerificationRulesDict(TypedDict, total=False):
    """Which e-mail addresses are taken."""

    require_mx_record: bool | None
    """Whether the domain must have an MX record."""
    block_aliases: bool | None
    """Whether aliases such as ``name+tag`` are refused."""
    block_free_emails: bool | None
    """Whether addresses of free e-mail services are refused."""
    block_disposable_emails: bool | None
    """Whether addresses of disposable e-mail services are refused."""
    blocklist: list[str] | None
    """The addresses and domains that are refused."""
    allowlist: list[str] | None
    """The addresses and domains that are always accepted."""


class EmailVerifyParamsDict(TypedDict, total=False):
    """Which address is checked, and by which rules."""

    email: Required[str]
    """The e-mail address to check."""
    rules: EmailVerificationRules | EmailVerificationRulesDict | Unchecked | None
    """Which addresses are refused."""


class EmailVerifyActionDict(TypedDict, total=False):
    """Checks an e-mail address."""

    id: Required[str]
    """The identifier of the action."""
    alias: str | None
    """The name of the action in the editor."""
    allow_failure: bool | None
    """Whether the flow continues when the action fails."""
    mask_output: bool | None
    """Whether logs leave out the output of the action."""
    type: Required[Literal["EMAIL"]]
    """The kind of action, always ``EMAIL``."""
    action: Required[Literal["VERIFY_EMAIL"]]
    """The operation, always ``VERIFY_EMAIL``."""
    params: Required[EmailVerifyParams | EmailVerifyParamsDict | Unchecked]
    """The address, and the rules."""


class RedirectParamsDict(TypedDict, total=False):
    """Where people are sent."""

    target: Required[RedirectTarget]
    """The page to which the user is redirected."""
    custom_url: str | None
    """The address to which the user is redirected, with the target ``custom``."""


class RedirectActionDict(TypedDict, total=False):
    """Sends people elsewhere."""

    id: Required[str]
    """The identifier of the action."""
    alias: str | None
    """The name of the action in the editor."""
    allow_failure: bool | None
    """Whether the flow continues when the action fails."""
    mask_output: bool | None
    """Whether logs leave out the output of the action."""
    type: Required[Literal["REDIRECT"]]
    """The kind of action, always ``REDIRECT``."""
    action: Required[Literal["REDIRECT_USER"]]
    """The operation, always ``REDIRECT_USER``."""
    params: Required[RedirectParams | RedirectParamsDict | Unchecked]
    """The target of the redirect."""


class GenericFlowActionDict(TypedDict, total=False):
    """An action of a type that is not known here; kept as it is."""

    id: Required[str]
    """The identifier of the action."""
    alias: str | None
    """The name of the action in the editor."""
    allow_failure: bool | None
    """Whether the flow continues when the action fails."""
    mask_output: bool | None
    """Whether logs leave out the output of the action."""
    type: Required[str]
    """The kind of action."""
    action: str | None
    """The operation."""


class CoordinatesDict(TypedDict, total=False):
    """Where a node stands in the editor."""

    x: Required[int | float]
    """The horizontal coordinate."""
    y: Required[int | float]
    """The vertical coordinate."""


class FlowNodeConfigDict(TypedDict, total=False):
    """Which flow runs, and what comes then."""

    flow_id: Required[str]
    """The identifier of the flow that runs."""
    next_node: str | None
    """The identifier of the next node."""


class FlowNodeDict(TypedDict, total=False):
    """A node that runs a flow."""

    id: Required[str]
    """The identifier of the node."""
    type: Required[Literal["FLOW"]]
    """The kind of node, always ``FLOW``."""
    coordinates: Required[Coordinates | CoordinatesDict | Unchecked]
    """Where the node stands in the editor."""
    alias: str | None
    """The name of the node in the editor."""
    config: Required[FlowNodeConfig | FlowNodeConfigDict | Unchecked]
    """The settings of the node."""


class RouterRuleDict(TypedDict, total=False):
    """Where to go when a condition holds."""

    id: Required[str]
    """The identifier of the rule."""
    alias: str | None
    """The name of the rule in the editor."""
    condition: Required[Any]
    """The condition under which the rule applies."""
    next_node: Required[str]
    """The identifier of the next node, if the rule applies."""


class RouterNodeConfigDict(TypedDict, total=False):
    """The rules of a router, and where to go when none holds."""

    rules: Required[Sequence[RouterRule | RouterRuleDict | Unchecked]]
    """The rules, of which the first that applies decides."""
    fallback: Required[str]
    """The identifier of the next node, if no rule applies."""


class RouterNodeDict(TypedDict, total=False):
    """A node that leads one way or another."""

    id: Required[str]
    """The identifier of the node."""
    type: Required[Literal["ROUTER"]]
    """The kind of node, always ``ROUTER``."""
    coordinates: Required[Coordinates | CoordinatesDict | Unchecked]
    """Where the node stands in the editor."""
    alias: Required[str]
    """The name of the node in the editor."""
    config: Required[RouterNodeConfig | RouterNodeConfigDict | Unchecked]
    """The settings of the node."""


class DividerBlockConfigDict(TypedDict, total=False):
    """How it is shown."""

    text: str | None
    """The text in the divider."""


class DividerBlockDict(TypedDict, total=False):
    """A line between parts."""

    id: Required[str]
    """The identifier of the component, unique in the form."""
    order: int | float | None
    """The place of the component among its siblings."""
    visible: bool
    """Whether the component is shown."""
    category: Literal["BLOCK"] | None
    """The category of the component, always ``BLOCK``."""
    type: Required[Literal["DIVIDER"]]
    """The kind of component, always ``DIVIDER``."""
    config: DividerBlockConfig | DividerBlockConfigDict | Unchecked | None
    """The settings of the component."""


class HtmlBlockConfigDict(TypedDict, total=False):
    """How it is shown."""

    content: str | None
    """The HTML to show."""


class HtmlBlockDict(TypedDict, total=False):
    """A piece of HTML."""

    id: Required[str]
    """The identifier of the component, unique in the form."""
    order: int | float | None
    """The place of the component among its siblings."""
    visible: bool
    """Whether the component is shown."""
    category: Literal["BLOCK"] | None
    """The category of the component, always ``BLOCK``."""
    type: Required[Literal["HTML"]]
    """The kind of component, always ``HTML``."""
    config: HtmlBlockConfig | HtmlBlockConfigDict | Unchecked | None
    """The settings of the component."""


class ImageBlockConfigDict(TypedDict, total=False):
    """How it is shown."""

    src: str | None
    """The address of the image."""
    alt: str | None
    """The text that takes the place of the image."""
    width: int | float | None
    """The width of the image, in pixels."""
    height: int | float | None
    """The height of the image, in pixels."""


class ImageBlockDict(TypedDict, total=False):
    """A picture."""

    id: Required[str]
    """The identifier of the component, unique in the form."""
    order: int | float | None
    """The place of the component among its siblings."""
    visible: bool
    """Whether the component is shown."""
    category: Literal["BLOCK"] | None
    """The category of the component, always ``BLOCK``."""
    type: Required[Literal["IMAGE"]]
    """The kind of component, always ``IMAGE``."""
    config: ImageBlockConfig | ImageBlockConfigDict | Unchecked | None
    """The settings of the component."""


class JumpButtonBlockConfigDict(TypedDict, total=False):
    """How it is shown."""

    text: str | None
    """The label of the button."""
    target_step: str | None
    """The identifier of the step that the button leads to."""


class JumpButtonBlockDict(TypedDict, total=False):
    """A button that leads to another step."""

    id: Required[str]
    """The identifier of the component, unique in the form."""
    order: int | float | None
    """The place of the component among its siblings."""
    visible: bool
    """Whether the component is shown."""
    category: Literal["BLOCK"] | None
    """The category of the component, always ``BLOCK``."""
    type: Required[Literal["JUMP_BUTTON"]]
    """The kind of component, always ``JUMP_BUTTON``."""
    config: Required[JumpButtonBlockConfig | JumpButtonBlockConfigDict | Unchecked]
    """The settings of the component."""


class ResendButtonBlockConfigDict(TypedDict, total=False):
    """How it is shown."""

    text: str | None
    """The label of the button."""
    resend_action: str | None
    """The action that sends the message again."""


class ResendButtonBlockDict(TypedDict, total=False):
    """A button that sends a code again."""

    id: Required[str]
    """The identifier of the component, unique in the form."""
    order: int | float | None
    """The place of the component among its siblings."""
    visible: bool
    """Whether the component is shown."""
    category: Literal["BLOCK"] | None
    """The category of the component, always ``BLOCK``."""
    type: Required[Literal["RESEND_BUTTON"]]
    """The kind of component, always ``RESEND_BUTTON``."""
    config: Required[ResendButtonBlockConfig | ResendButtonBlockConfigDict | Unchecked]
    """The settings of the component."""


class NextButtonBlockConfigDict(TypedDict, total=False):
    """How it is shown."""

    text: str | None
    """The label of the button."""


class NextButtonBlockDict(TypedDict, total=False):
    """A button that leads on."""

    id: Required[str]
    """The identifier of the component, unique in the form."""
    order: int | float | None
    """The place of the component among its siblings."""
    visible: bool
    """Whether the component is shown."""
    category: Literal["BLOCK"] | None
    """The category of the component, always ``BLOCK``."""
    type: Required[Literal["NEXT_BUTTON"]]
    """The kind of component, always ``NEXT_BUTTON``."""
    config: Required[NextButtonBlockConfig | NextButtonBlockConfigDict | Unchecked]
    """The settings of the component."""


class PreviousButtonBlockConfigDict(TypedDict, total=False):
    """How it is shown."""

    text: str | None
    """The label of the button."""


class PreviousButtonBlockDict(TypedDict, total=False):
    """A button that leads back."""

    id: Required[str]
    """The identifier of the component, unique in the form."""
    order: int | float | None
    """The place of the component among its siblings."""
    visible: bool
    """Whether the component is shown."""
    category: Literal["BLOCK"] | None
    """The category of the component, always ``BLOCK``."""
    type: Required[Literal["PREVIOUS_BUTTON"]]
    """The kind of component, always ``PREVIOUS_BUTTON``."""
    config: Required[PreviousButtonBlockConfig | PreviousButtonBlockConfigDict | Unchecked]
    """The settings of the component."""


class RichTextBlockConfigDict(TypedDict, total=False):
    """How it is shown."""

    content: str | None
    """The formatted text to show."""


class RichTextBlockDict(TypedDict, total=False):
    """A text."""

    id: Required[str]
    """The identifier of the component, unique in the form."""
    order: int | float | None
    """The place of the component among its siblings."""
    visible: bool
    """Whether the component is shown."""
    category: Literal["BLOCK"] | None
    """The category of the component, always ``BLOCK``."""
    type: Required[Literal["RICH_TEXT"]]
    """The kind of component, always ``RICH_TEXT``."""
    config: RichTextBlockConfig | RichTextBlockConfigDict | Unchecked | None
    """The settings of the component."""


class VerifiableCredentialsWidgetConfigDict(TypedDict, total=False):
    """How it is shown."""

    credential_type: str | None
    """The type of credential that is requested."""


class VerifiableCredentialsWidgetDict(TypedDict, total=False):
    """A wallet that shows a credential."""

    id: Required[str]
    """The identifier of the component, unique in the form."""
    order: int | float | None
    """The place of the component among its siblings."""
    visible: bool
    """Whether the component is shown."""
    category: Literal["WIDGET"] | None
    """The category of the component, always ``WIDGET``."""
    label: str | None
    """The label of the component."""
    hint: str | None
    """The explanation below the component."""
    required: bool | None
    """Whether the user must complete the component."""
    sensitive: bool | None
    """Whether logs leave out the value."""
    type: Required[Literal["AUTH0_VERIFIABLE_CREDENTIALS"]]
    """The kind of component, always ``AUTH0_VERIFIABLE_CREDENTIALS``."""
    config: Required[VerifiableCredentialsWidgetConfig | VerifiableCredentialsWidgetConfigDict | Unchecked]
    """The settings of the component."""


class GoogleMapsAddressWidgetConfigDict(TypedDict, total=False):
    """How it is shown."""

    api_key: str | None
    """The API key for Google Maps."""


class GoogleMapsAddressWidgetDict(TypedDict, total=False):
    """An address, found on a map."""

    id: Required[str]
    """The identifier of the component, unique in the form."""
    order: int | float | None
    """The place of the component among its siblings."""
    visible: bool
    """Whether the component is shown."""
    category: Literal["WIDGET"] | None
    """The category of the component, always ``WIDGET``."""
    label: str | None
    """The label of the component."""
    hint: str | None
    """The explanation below the component."""
    required: bool | None
    """Whether the user must complete the component."""
    sensitive: bool | None
    """Whether logs leave out the value."""
    type: Required[Literal["GMAPS_ADDRESS"]]
    """The kind of component, always ``GMAPS_ADDRESS``."""
    config: Required[GoogleMapsAddressWidgetConfig | GoogleMapsAddressWidgetConfigDict | Unchecked]
    """The settings of the component."""


class RecaptchaWidgetConfigDict(TypedDict, total=False):
    """How it is shown."""

    site_key: str | None
    """The site key for reCAPTCHA."""


class RecaptchaWidgetDict(TypedDict, total=False):
    """Proof of being human."""

    id: Required[str]
    """The identifier of the component, unique in the form."""
    order: int | float | None
    """The place of the component among its siblings."""
    visible: bool
    """Whether the component is shown."""
    category: Literal["WIDGET"] | None
    """The category of the component, always ``WIDGET``."""
    label: str | None
    """The label of the component."""
    hint: str | None
    """The explanation below the component."""
    required: bool | None
    """Whether the user must complete the component."""
    sensitive: bool | None
    """Whether logs leave out the value."""
    type: Required[Literal["RECAPTCHA"]]
    """The kind of component, always ``RECAPTCHA``."""
    config: Required[RecaptchaWidgetConfig | RecaptchaWidgetConfigDict | Unchecked]
    """The settings of the component."""


class FieldMessageDict(TypedDict, total=False):
    """What is said beside a field."""

    id: int | float | None
    """The identifier of the message."""
    text: Required[str]
    """The text of the message."""
    type: Required[MessageType]
    """The severity of the message."""


class BooleanFieldConfigDict(TypedDict, total=False):
    """How it is shown."""

    default_value: bool | None
    """The value before the user chooses one."""


class BooleanFieldDict(TypedDict, total=False):
    """Yes or no."""

    id: Required[str]
    """The identifier of the component, unique in the form."""
    order: int | float | None
    """The place of the component among its siblings."""
    visible: bool
    """Whether the component is shown."""
    category: Literal["FIELD"] | None
    """The category of the component, always ``FIELD``."""
    label: str | None
    """The label of the field."""
    hint: str | None
    """The explanation below the field."""
    messages: Sequence[FieldMessage | FieldMessageDict | Unchecked] | None
    """The messages at the field."""
    required: bool | None
    """Whether the user must fill in the field."""
    sensitive: bool | None
    """Whether logs leave out the value."""
    type: Required[Literal["BOOLEAN"]]
    """The kind of component, always ``BOOLEAN``."""
    config: BooleanFieldConfig | BooleanFieldConfigDict | Unchecked | None
    """The settings of the component."""


class CardsOptionDict(TypedDict, total=False):
    """One of the choices."""

    value: Required[str]
    """The value of the option."""
    label: Required[str]
    """The label of the option."""
    description: str | None
    """The description of the option."""
    image: str | None
    """The address of the option's image."""


class CardsFieldConfigDict(TypedDict, total=False):
    """How it is shown."""

    options: Sequence[CardsOption | CardsOptionDict | Unchecked] | None
    """The options, in order."""
    multi_select: bool | None
    """Whether the user may choose several options."""


class CardsFieldDict(TypedDict, total=False):
    """A choice of cards."""

    id: Required[str]
    """The identifier of the component, unique in the form."""
    order: int | float | None
    """The place of the component among its siblings."""
    visible: bool
    """Whether the component is shown."""
    category: Literal["FIELD"] | None
    """The category of the component, always ``FIELD``."""
    label: str | None
    """The label of the field."""
    hint: str | None
    """The explanation below the field."""
    messages: Sequence[FieldMessage | FieldMessageDict | Unchecked] | None
    """The messages at the field."""
    required: bool | None
    """Whether the user must fill in the field."""
    sensitive: bool | None
    """Whether logs leave out the value."""
    type: Required[Literal["CARDS"]]
    """The kind of component, always ``CARDS``."""
    config: CardsFieldConfig | CardsFieldConfigDict | Unchecked | None
    """The settings of the component."""


class ChoiceOptionDict(TypedDict, total=False):
    """One of the choices."""

    value: Required[str]
    """The value of the option."""
    label: Required[str]
    """The label of the option."""


class ChoiceFieldConfigDict(TypedDict, total=False):
    """How it is shown."""

    options: Sequence[ChoiceOption | ChoiceOptionDict | Unchecked] | None
    """The options, in order."""
    display: Literal["radio", "checkbox"] | None
    """Whether the options are radio buttons or check boxes."""
    multiple: bool | None
    """Whether the user may choose several options."""
    default_value: str | list[str] | None
    """The options that are chosen before the user chooses."""


class ChoiceFieldDict(TypedDict, total=False):
    """A choice of a few."""

    id: Required[str]
    """The identifier of the component, unique in the form."""
    order: int | float | None
    """The place of the component among its siblings."""
    visible: bool
    """Whether the component is shown."""
    category: Literal["FIELD"] | None
    """The category of the component, always ``FIELD``."""
    label: str | None
    """The label of the field."""
    hint: str | None
    """The explanation below the field."""
    messages: Sequence[FieldMessage | FieldMessageDict | Unchecked] | None
    """The messages at the field."""
    required: bool | None
    """Whether the user must fill in the field."""
    sensitive: bool | None
    """Whether logs leave out the value."""
    type: Required[Literal["CHOICE"]]
    """The kind of component, always ``CHOICE``."""
    config: ChoiceFieldConfig | ChoiceFieldConfigDict | Unchecked | None
    """The settings of the component."""


class CodeFieldConfigDict(TypedDict, total=False):
    """How it is shown."""

    length: int | None
    """The number of characters of the code, from 0 to 100."""
    mode: Literal["numeric", "alphanumeric"] | None
    """Whether the code has digits only, or letters too."""
    auto_submit: bool | None
    """Whether the form is submitted once the code is complete."""
    group_size: int | None
    """The number of characters in a group, from 0 to 100."""
    separator: str | None
    """The text between groups."""
    placeholder: str | None
    """The text that the empty field shows."""
    default_value: str | None
    """The value before the user enters one."""


class CodeFieldDict(TypedDict, total=False):
    """A code from a message."""

    id: Required[str]
    """The identifier of the component, unique in the form."""
    order: int | float | None
    """The place of the component among its siblings."""
    visible: bool
    """Whether the component is shown."""
    category: Literal["FIELD"] | None
    """The category of the component, always ``FIELD``."""
    label: str | None
    """The label of the field."""
    hint: str | None
    """The explanation below the field."""
    messages: Sequence[FieldMessage | FieldMessageDict | Unchecked] | None
    """The messages at the field."""
    required: bool | None
    """Whether the user must fill in the field."""
    sensitive: bool | None
    """Whether logs leave out the value."""
    type: Required[Literal["CODE"]]
    """The kind of component, always ``CODE``."""
    config: CodeFieldConfig | CodeFieldConfigDict | Unchecked | None
    """The settings of the component."""


class CountryFieldConfigDict(TypedDict, total=False):
    """How it is shown."""

    placeholder: str | None
    """The text that the empty field shows."""
    default_value: str | None
    """The value before the user enters one."""


class CountryFieldDict(TypedDict, total=False):
    """A country."""

    id: Required[str]
    """The identifier of the component, unique in the form."""
    order: int | float | None
    """The place of the component among its siblings."""
    visible: bool
    """Whether the component is shown."""
    category: Literal["FIELD"] | None
    """The category of the component, always ``FIELD``."""
    label: str | None
    """The label of the field."""
    hint: str | None
    """The explanation below the field."""
    messages: Sequence[FieldMessage | FieldMessageDict | Unchecked] | None
    """The messages at the field."""
    required: bool | None
    """Whether the user must fill in the field."""
    sensitive: bool | None
    """Whether logs leave out the value."""
    type: Required[Literal["COUNTRY"]]
    """The kind of component, always ``COUNTRY``."""
    config: CountryFieldConfig | CountryFieldConfigDict | Unchecked | None
    """The settings of the component."""


class CustomFieldConfigDict(TypedDict, total=False):
    """How it is shown."""

    component: str | None
    """The name of the component."""
    props: Mapping[str, Any] | None
    """The properties of the component."""
    schema_: Mapping[str, Any] | None
    """The JSON schema of the value."""
    schema: Mapping[str, Any] | None
    """The JSON schema of the value."""
    code: str | None
    """The source code of the component."""


class CustomFieldDict(TypedDict, total=False):
    """A component of one's own."""

    id: Required[str]
    """The identifier of the component, unique in the form."""
    order: int | float | None
    """The place of the component among its siblings."""
    visible: bool
    """Whether the component is shown."""
    category: Literal["FIELD"] | None
    """The category of the component, always ``FIELD``."""
    label: str | None
    """The label of the field."""
    hint: str | None
    """The explanation below the field."""
    messages: Sequence[FieldMessage | FieldMessageDict | Unchecked] | None
    """The messages at the field."""
    required: bool | None
    """Whether the user must fill in the field."""
    sensitive: bool | None
    """Whether logs leave out the value."""
    type: Required[Literal["CUSTOM"]]
    """The kind of component, always ``CUSTOM``."""
    config: Required[CustomFieldConfig | CustomFieldConfigDict | Unchecked]
    """The settings of the component."""


class DateFieldConfigDict(TypedDict, total=False):
    """How it is shown."""

    format: str | None
    """The format of the date."""
    min: str | None
    """The first date that is accepted."""
    max: str | None
    """The last date that is accepted."""
    default_value: str | None
    """The value before the user enters one."""


class DateFieldDict(TypedDict, total=False):
    """A day."""

    id: Required[str]
    """The identifier of the component, unique in the form."""
    order: int | float | None
    """The place of the component among its siblings."""
    visible: bool
    """Whether the component is shown."""
    category: Literal["FIELD"] | None
    """The category of the component, always ``FIELD``."""
    label: str | None
    """The label of the field."""
    hint: str | None
    """The explanation below the field."""
    messages: Sequence[FieldMessage | FieldMessageDict | Unchecked] | None
    """The messages at the field."""
    required: bool | None
    """Whether the user must fill in the field."""
    sensitive: bool | None
    """Whether logs leave out the value."""
    type: Required[Literal["DATE"]]
    """The kind of component, always ``DATE``."""
    config: DateFieldConfig | DateFieldConfigDict | Unchecked | None
    """The settings of the component."""


class DropdownFieldConfigDict(TypedDict, total=False):
    """How it is shown."""

    options: Sequence[ChoiceOption | ChoiceOptionDict | Unchecked] | None
    """The options, in order."""
    placeholder: str | None
    """The text that the empty field shows."""
    searchable: bool | None
    """Whether the user may search the options."""
    multiple: bool | None
    """Whether the user may choose several options."""
    default_value: str | list[str] | None
    """The options that are chosen before the user chooses."""


class DropdownFieldDict(TypedDict, total=False):
    """A choice of many."""

    id: Required[str]
    """The identifier of the component, unique in the form."""
    order: int | float | None
    """The place of the component among its siblings."""
    visible: bool
    """Whether the component is shown."""
    category: Literal["FIELD"] | None
    """The category of the component, always ``FIELD``."""
    label: str | None
    """The label of the field."""
    hint: str | None
    """The explanation below the field."""
    messages: Sequence[FieldMessage | FieldMessageDict | Unchecked] | None
    """The messages at the field."""
    required: bool | None
    """Whether the user must fill in the field."""
    sensitive: bool | None
    """Whether logs leave out the value."""
    type: Required[Literal["DROPDOWN"]]
    """The kind of component, always ``DROPDOWN``."""
    config: DropdownFieldConfig | DropdownFieldConfigDict | Unchecked | None
    """The settings of the component."""


class EmailFieldConfigDict(TypedDict, total=False):
    """How it is shown."""

    placeholder: str | None
    """The text that the empty field shows."""
    default_value: str | None
    """The value before the user enters one."""
    last_used: bool | None
    """Whether the page suggests the value that was last used on the device."""
    last_used_label: str | None
    """The label of the value that was last used."""


class EmailFieldDict(TypedDict, total=False):
    """An e-mail address."""

    id: Required[str]
    """The identifier of the component, unique in the form."""
    order: int | float | None
    """The place of the component among its siblings."""
    visible: bool
    """Whether the component is shown."""
    category: Literal["FIELD"] | None
    """The category of the component, always ``FIELD``."""
    label: str | None
    """The label of the field."""
    hint: str | None
    """The explanation below the field."""
    messages: Sequence[FieldMessage | FieldMessageDict | Unchecked] | None
    """The messages at the field."""
    required: bool | None
    """Whether the user must fill in the field."""
    sensitive: bool | None
    """Whether logs leave out the value."""
    type: Required[Literal["EMAIL"]]
    """The kind of component, always ``EMAIL``."""
    config: EmailFieldConfig | EmailFieldConfigDict | Unchecked | None
    """The settings of the component."""


class FileFieldConfigDict(TypedDict, total=False):
    """How it is shown."""

    accept: str | None
    """The types of file that are accepted, as in the HTML attribute ``accept``."""
    max_size: int | float | None
    """The greatest size of a file."""
    multiple: bool | None
    """Whether the user may choose several files."""


class FileFieldDict(TypedDict, total=False):
    """A file."""

    id: Required[str]
    """The identifier of the component, unique in the form."""
    order: int | float | None
    """The place of the component among its siblings."""
    visible: bool
    """Whether the component is shown."""
    category: Literal["FIELD"] | None
    """The category of the component, always ``FIELD``."""
    label: str | None
    """The label of the field."""
    hint: str | None
    """The explanation below the field."""
    messages: Sequence[FieldMessage | FieldMessageDict | Unchecked] | None
    """The messages at the field."""
    required: bool | None
    """Whether the user must fill in the field."""
    sensitive: bool | None
    """Whether logs leave out the value."""
    type: Required[Literal["FILE"]]
    """The kind of component, always ``FILE``."""
    config: FileFieldConfig | FileFieldConfigDict | Unchecked | None
    """The settings of the component."""


class LegalFieldConfigDict(TypedDict, total=False):
    """How it is shown."""

    text: Required[str]
    """The text that the user agrees to."""
    html: bool | None
    """Whether the text is HTML."""


class LegalFieldDict(TypedDict, total=False):
    """A consent."""

    id: Required[str]
    """The identifier of the component, unique in the form."""
    order: int | float | None
    """The place of the component among its siblings."""
    visible: bool
    """Whether the component is shown."""
    category: Literal["FIELD"] | None
    """The category of the component, always ``FIELD``."""
    label: str | None
    """The label of the field."""
    hint: str | None
    """The explanation below the field."""
    messages: Sequence[FieldMessage | FieldMessageDict | Unchecked] | None
    """The messages at the field."""
    required: bool | None
    """Whether the user must fill in the field."""
    sensitive: bool | None
    """Whether logs leave out the value."""
    type: Required[Literal["LEGAL"]]
    """The kind of component, always ``LEGAL``."""
    config: LegalFieldConfig | LegalFieldConfigDict | Unchecked | None
    """The settings of the component."""


class NumberFieldConfigDict(TypedDict, total=False):
    """How it is shown."""

    placeholder: str | None
    """The text that the empty field shows."""
    min: int | float | None
    """The least number that is accepted."""
    max: int | float | None
    """The greatest number that is accepted."""
    step: int | float | None
    """The distance between two accepted numbers."""
    default_value: str | None
    """The value before the user enters one."""


class NumberFieldDict(TypedDict, total=False):
    """A number."""

    id: Required[str]
    """The identifier of the component, unique in the form."""
    order: int | float | None
    """The place of the component among its siblings."""
    visible: bool
    """Whether the component is shown."""
    category: Literal["FIELD"] | None
    """The category of the component, always ``FIELD``."""
    label: str | None
    """The label of the field."""
    hint: str | None
    """The explanation below the field."""
    messages: Sequence[FieldMessage | FieldMessageDict | Unchecked] | None
    """The messages at the field."""
    required: bool | None
    """Whether the user must fill in the field."""
    sensitive: bool | None
    """Whether logs leave out the value."""
    type: Required[Literal["NUMBER"]]
    """The kind of component, always ``NUMBER``."""
    config: NumberFieldConfig | NumberFieldConfigDict | Unchecked | None
    """The settings of the component."""


class PasswordFieldConfigDict(TypedDict, total=False):
    """How it is shown."""

    placeholder: str | None
    """The text that the empty field shows."""
    min_length: int | float | None
    """The least number of characters."""
    show_toggle: bool | None
    """Whether a button shows the password."""
    forgot_password_link: str | None
    """The address of the page for users who forgot their password."""
    default_value: str | None
    """The value before the user enters one."""


class PasswordFieldDict(TypedDict, total=False):
    """A password."""

    id: Required[str]
    """The identifier of the component, unique in the form."""
    order: int | float | None
    """The place of the component among its siblings."""
    visible: bool
    """Whether the component is shown."""
    category: Literal["FIELD"] | None
    """The category of the component, always ``FIELD``."""
    label: str | None
    """The label of the field."""
    hint: str | None
    """The explanation below the field."""
    messages: Sequence[FieldMessage | FieldMessageDict | Unchecked] | None
    """The messages at the field."""
    required: bool | None
    """Whether the user must fill in the field."""
    sensitive: bool | None
    """Whether logs leave out the value."""
    type: Required[Literal["PASSWORD"]]
    """The kind of component, always ``PASSWORD``."""
    config: PasswordFieldConfig | PasswordFieldConfigDict | Unchecked | None
    """The settings of the component."""


class PaymentFieldConfigDict(TypedDict, total=False):
    """How it is shown."""

    provider: str | None
    """The payment service."""
    currency: str | None
    """The currency, as an ISO 4217 code."""


class PaymentFieldDict(TypedDict, total=False):
    """A payment."""

    id: Required[str]
    """The identifier of the component, unique in the form."""
    order: int | float | None
    """The place of the component among its siblings."""
    visible: bool
    """Whether the component is shown."""
    category: Literal["FIELD"] | None
    """The category of the component, always ``FIELD``."""
    label: str | None
    """The label of the field."""
    hint: str | None
    """The explanation below the field."""
    messages: Sequence[FieldMessage | FieldMessageDict | Unchecked] | None
    """The messages at the field."""
    required: bool | None
    """Whether the user must fill in the field."""
    sensitive: bool | None
    """Whether logs leave out the value."""
    type: Required[Literal["PAYMENT"]]
    """The kind of component, always ``PAYMENT``."""
    config: PaymentFieldConfig | PaymentFieldConfigDict | Unchecked | None
    """The settings of the component."""


class SocialProviderDict(TypedDict, total=False):
    """A social connection and its button."""

    name: Required[str]
    """The name of the connection."""
    strategy: str | None
    """The strategy of the connection."""
    display_name: str | None
    """The name of the connection that is shown to users."""
    icon_url: str | None
    """The address of the connection's icon."""
    href: str | None
    """The address that starts the sign-in."""
    last_used: bool | None
    """Whether the connection was last used on the device."""
    last_used_label: str | None
    """The label of the connection that was last used."""


class SocialFieldConfigDict(TypedDict, total=False):
    """How it is shown."""

    providers: list[str] | None
    """The names of the connections, in order."""
    provider_details: Sequence[SocialProvider | SocialProviderDict | Unchecked] | None
    """How each connection is shown."""


class SocialFieldDict(TypedDict, total=False):
    """Buttons of social connections."""

    id: Required[str]
    """The identifier of the component, unique in the form."""
    order: int | float | None
    """The place of the component among its siblings."""
    visible: bool
    """Whether the component is shown."""
    category: Literal["FIELD"] | None
    """The category of the component, always ``FIELD``."""
    label: str | None
    """The label of the field."""
    hint: str | None
    """The explanation below the field."""
    messages: Sequence[FieldMessage | FieldMessageDict | Unchecked] | None
    """The messages at the field."""
    required: bool | None
    """Whether the user must fill in the field."""
    sensitive: bool | None
    """Whether logs leave out the value."""
    type: Required[Literal["SOCIAL"]]
    """The kind of component, always ``SOCIAL``."""
    config: SocialFieldConfig | SocialFieldConfigDict | Unchecked | None
    """The settings of the component."""


class TelephoneFieldConfigDict(TypedDict, total=False):
    """How it is shown."""

    placeholder: str | None
    """The text that the empty field shows."""
    default_country: str | None
    """The country that is chosen before the user chooses one, as an ISO 3166-1 alpha-2 code."""
    default_value: str | None
    """The value before the user enters one."""
    allow_email: bool | None
    """Whether the user may enter an e-mail address instead."""


class TelephoneFieldDict(TypedDict, total=False):
    """A phone number."""

    id: Required[str]
    """The identifier of the component, unique in the form."""
    order: int | float | None
    """The place of the component among its siblings."""
    visible: bool
    """Whether the component is shown."""
    category: Literal["FIELD"] | None
    """The category of the component, always ``FIELD``."""
    label: str | None
    """The label of the field."""
    hint: str | None
    """The explanation below the field."""
    messages: Sequence[FieldMessage | FieldMessageDict | Unchecked] | None
    """The messages at the field."""
    required: bool | None
    """Whether the user must fill in the field."""
    sensitive: bool | None
    """Whether logs leave out the value."""
    type: Required[Literal["TEL"]]
    """The kind of component, always ``TEL``."""
    config: TelephoneFieldConfig | TelephoneFieldConfigDict | Unchecked | None
    """The settings of the component."""


class TextFieldConfigDict(TypedDict, total=False):
    """How it is shown."""

    placeholder: str | None
    """The text that the empty field shows."""
    multiline: bool | None
    """Whether the text may have several lines."""
    max_length: int | float | None
    """The most characters that the text may have."""
    default_value: str | None
    """The value before the user enters one."""
    last_used: bool | None
    """Whether the page suggests the value that was last used on the device."""
    last_used_label: str | None
    """The label of the value that was last used."""


class TextFieldDict(TypedDict, total=False):
    """A text."""

    id: Required[str]
    """The identifier of the component, unique in the form."""
    order: int | float | None
    """The place of the component among its siblings."""
    visible: bool
    """Whether the component is shown."""
    category: Literal["FIELD"] | None
    """The category of the component, always ``FIELD``."""
    label: str | None
    """The label of the field."""
    hint: str | None
    """The explanation below the field."""
    messages: Sequence[FieldMessage | FieldMessageDict | Unchecked] | None
    """The messages at the field."""
    required: bool | None
    """Whether the user must fill in the field."""
    sensitive: bool | None
    """Whether logs leave out the value."""
    type: Required[Literal["TEXT"]]
    """The kind of component, always ``TEXT``."""
    config: TextFieldConfig | TextFieldConfigDict | Unchecked | None
    """The settings of the component."""


class UrlFieldConfigDict(TypedDict, total=False):
    """How it is shown."""

    placeholder: str | None
    """The text that the empty field shows."""
    default_value: str | None
    """The value before the user enters one."""


class UrlFieldDict(TypedDict, total=False):
    """An address on the web."""

    id: Required[str]
    """The identifier of the component, unique in the form."""
    order: int | float | None
    """The place of the component among its siblings."""
    visible: bool
    """Whether the component is shown."""
    category: Literal["FIELD"] | None
    """The category of the component, always ``FIELD``."""
    label: str | None
    """The label of the field."""
    hint: str | None
    """The explanation below the field."""
    messages: Sequence[FieldMessage | FieldMessageDict | Unchecked] | None
    """The messages at the field."""
    required: bool | None
    """Whether the user must fill in the field."""
    sensitive: bool | None
    """Whether logs leave out the value."""
    type: Required[Literal["URL"]]
    """The kind of component, always ``URL``."""
    config: UrlFieldConfig | UrlFieldConfigDict | Unchecked | None
    """The settings of the component."""


class GenericComponentDict(TypedDict, total=False):
    """A component of a type that is not known here; kept as it is."""

    id: Required[str]
    """The identifier of the component."""
    category: Required[str]
    """The category of the component."""
    type: Required[str]
    """The kind of component."""


class StepNodeConfigDict(TypedDict, total=False):
    """What a step shows, and what comes then."""

    components: Required[
        Sequence[
            DividerBlock
            | DividerBlockDict
            | Unchecked
            | HtmlBlock
            | HtmlBlockDict
            | ImageBlock
            | ImageBlockDict
            | JumpButtonBlock
            | JumpButtonBlockDict
            | ResendButtonBlock
            | ResendButtonBlockDict
            | NextButtonBlock
            | NextButtonBlockDict
            | PreviousButtonBlock
            | PreviousButtonBlockDict
            | RichTextBlock
            | RichTextBlockDict
            | VerifiableCredentialsWidget
            | VerifiableCredentialsWidgetDict
            | GoogleMapsAddressWidget
            | GoogleMapsAddressWidgetDict
            | RecaptchaWidget
            | RecaptchaWidgetDict
            | BooleanField
            | BooleanFieldDict
            | CardsField
            | CardsFieldDict
            | ChoiceField
            | ChoiceFieldDict
            | CodeField
            | CodeFieldDict
            | CountryField
            | CountryFieldDict
            | CustomField
            | CustomFieldDict
            | DateField
            | DateFieldDict
            | DropdownField
            | DropdownFieldDict
            | EmailField
            | EmailFieldDict
            | FileField
            | FileFieldDict
            | LegalField
            | LegalFieldDict
            | NumberField
            | NumberFieldDict
            | PasswordField
            | PasswordFieldDict
            | PaymentField
            | PaymentFieldDict
            | SocialField
            | SocialFieldDict
            | TelephoneField
            | TelephoneFieldDict
            | TextField
            | TextFieldDict
            | UrlField
            | UrlFieldDict
            | GenericComponent
            | GenericComponentDict
        ]
    ]
    """The components of the step, in order."""
    next_node: str | None
    """The identifier of the next node."""


class StepNodeDict(TypedDict, total=False):
    """A node that shows something and asks."""

    id: Required[str]
    """The identifier of the node."""
    type: Required[Literal["STEP"]]
    """The kind of node, always ``STEP``."""
    coordinates: Required[Coordinates | CoordinatesDict | Unchecked]
    """Where the node stands in the editor."""
    alias: str | None
    """The name of the node in the editor."""
    config: Required[StepNodeConfig | StepNodeConfigDict | Unchecked]
    """The settings of the node."""


class ActionNodeConfigDict(TypedDict, total=False):
    """Where the action sends people, and what comes then."""

    action_type: Required[Literal["REDIRECT"]]
    """The kind of action, always ``REDIRECT``."""
    target: Required[RedirectTarget]
    """The page to which the user is redirected."""
    custom_url: str | None
    """The address to which the user is redirected, with the target ``custom``."""
    next_node: Required[str]
    """The identifier of the next node."""


class ActionNodeDict(TypedDict, total=False):
    """A node that does something."""

    id: Required[str]
    """The identifier of the node."""
    type: Required[Literal["ACTION"]]
    """The kind of node, always ``ACTION``."""
    coordinates: Required[Coordinates | CoordinatesDict | Unchecked]
    """Where the node stands in the editor."""
    alias: str | None
    """The name of the node in the editor."""
    config: Required[ActionNodeConfig | ActionNodeConfigDict | Unchecked]
    """The settings of the node."""


class GenericNodeDict(TypedDict, total=False):
    """A node of a type that is not known here; kept as it is."""

    id: Required[str]
    """The identifier of the node."""
    type: Required[str]
    """The kind of node."""
    coordinates: Required[Coordinates | CoordinatesDict | Unchecked]
    """Where the node stands in the editor."""


class HiddenFieldDict(TypedDict, total=False):
    """A value that the form has and does not show."""

    key: Required[str]
    """The name of the field."""
    value: Required[str]
    """The value of the field."""


class FormStartDict(TypedDict, total=False):
    """Where the form begins."""

    hidden_fields: Sequence[HiddenField | HiddenFieldDict | Unchecked] | None
    """The fields that the form has from the start."""
    next_node: str | None
    """The identifier of the first node."""
    coordinates: Coordinates | CoordinatesDict | Unchecked | None
    """Where the start stands in the editor."""


class FormRedirectionDict(TypedDict, total=False):
    """Where people go afterwards, and after how many seconds."""

    delay: int | float | None
    """The time until the redirect, in seconds."""
    target: str | None
    """The address to which the user is redirected."""


class FormAfterSubmitDict(TypedDict, total=False):
    """What runs when the form has been sent."""

    flow_id: str | None
    """The identifier of the flow that runs after the form."""


class FormEndingDict(TypedDict, total=False):
    """How the form ends."""

    redirection: FormRedirection | FormRedirectionDict | Unchecked | None
    """Where the user is redirected in the end."""
    after_submit: FormAfterSubmit | FormAfterSubmitDict | Unchecked | None
    """What runs after the form."""
    coordinates: Coordinates | CoordinatesDict | Unchecked | None
    """Where the ending stands in the editor."""
    resume_flow: bool | None
    """Whether the sign-in continues after the form."""


class InviterDict(TypedDict, total=False):
    """Who invites."""

    name: str | None
    """The name of the person who invites."""


class InviteeDict(TypedDict, total=False):
    """Who is invited."""

    email: str | None
    """The e-mail address of the person who is invited."""


class LogStreamFilterDict(TypedDict, total=False):
    """Which log entries a stream carries."""

    type: Required[str]
    """The kind of filter, such as ``category``."""
    name: Required[str]
    """The name of the category."""


class ClaimRequestDict(TypedDict, total=False):
    """How one claim is asked for."""

    essential: bool | None
    """Whether the client needs the claim."""
    value: Any
    """The value that the claim should have."""
    values: list[Any] | None
    """The values of which the claim should have one."""


class ClaimsRequestDict(TypedDict, total=False):
    """The claims that a client asks for."""

    userinfo: Mapping[str, ClaimRequest | ClaimRequestDict | Unchecked | None] | None
    """The claims that the UserInfo endpoint should return, by name."""
    id_token: Mapping[str, ClaimRequest | ClaimRequestDict | Unchecked | None] | None
    """The claims that the ID token should contain, by name."""


class AuthParamsDict(TypedDict, total=False):
    """What a client asked for when it sent somebody to sign in."""

    client_id: Required[str]
    """The identifier of the client."""
    act_as: str | None
    """The identifier of the user to impersonate."""
    response_type: ResponseType | None
    """The ``response_type`` of the authorization request."""
    response_mode: ResponseMode | None
    """The ``response_mode`` of the authorization request."""
    redirect_uri: str | None
    """The address to which the user is redirected after the sign-in."""
    audience: str | None
    """The API that an access token is requested for."""
    organization: str | None
    """The organization that the user signs in with."""
    state: str | None
    """The ``state`` of the authorization request, which is returned to the client."""
    nonce: str | None
    """The ``nonce`` of the authorization request, which is repeated in the ID token."""
    scope: str | None
    """The scopes that are requested, separated by spaces."""
    prompt: str | None
    """Whether the user is asked to sign in or to consent again (OpenID Connect: ``prompt``)."""
    code_challenge_method: Literal["plain", "S256"] | None
    """How the code challenge was derived from the code verifier (RFC 7636)."""
    code_challenge: str | None
    """The PKCE code challenge (RFC 7636)."""
    username: str | None
    """The identifier with which the user is about to sign in."""
    ui_locales: str | None
    """The languages that the user prefers, separated by spaces."""
    max_age: int | float | None
    """The greatest age of the last authentication, in seconds."""
    acr_values: str | None
    """The authentication context classes that are requested, separated by spaces."""
    claims: ClaimsRequest | ClaimsRequestDict | Unchecked | None
    """The claims that are requested one by one."""
    vendor_id: str | None
    """The identifier of the vendor whose branding is shown."""


class AuthStrategyDict(TypedDict, total=False):
    """How somebody signed in."""

    strategy: Required[str]
    """The strategy of the connection, such as ``auth0`` or ``google-oauth2``."""
    strategy_type: Required[str]
    """The kind of the strategy, such as ``database`` or ``social``."""


class ClaimsRequestUpdate(TypedDict, total=False):
    """A part of the object: the rest stays."""

    userinfo: Mapping[str, ClaimRequest | ClaimRequestDict | Unchecked | None] | None
    id_token: Mapping[str, ClaimRequest | ClaimRequestDict | Unchecked | None] | None


class AuthParamsUpdate(TypedDict, total=False):
    """A part of the object: the rest stays."""

    client_id: str | None
    act_as: str | None
    response_type: ResponseType | None
    response_mode: ResponseMode | None
    redirect_uri: str | None
    audience: str | None
    organization: str | None
    state: str | None
    nonce: str | None
    scope: str | None
    prompt: str | None
    code_challenge_method: Literal["plain", "S256"] | None
    code_challenge: str | None
    username: str | None
    ui_locales: str | None
    max_age: int | float | None
    acr_values: str | None
    claims: ClaimsRequestUpdate | Unchecked | None
    vendor_id: str | None


class LocationInfoInsertDict(TypedDict, total=False):
    """The same with the limits for new ones."""

    country_code: Required[str]
    """The country, as an ISO 3166-1 alpha-2 code."""
    city_name: Required[str]
    """The name of the city."""
    latitude: Required[str]
    """The latitude, in degrees."""
    longitude: Required[str]
    """The longitude, in degrees."""
    time_zone: Required[str]
    """The IANA time zone."""
    continent_code: Required[str]
    """The continent, as a two-letter code."""


class MigrationSourceCredentialsDict(TypedDict, total=False):
    """How to sign in to the other server."""

    domain: Required[str]
    """The host name of the other server."""
    client_id: Required[str]
    """The client identifier at the other server."""
    client_secret: Required[str]
    """The client secret at the other server."""
    audience: str | None
    """The audience of the access token that is requested from the other server."""
    scope: str | None
    """The scopes that are requested from the other server, separated by spaces."""


class OrganizationColorsDict(TypedDict, total=False):
    """The colours of an organization's pages."""

    primary: str | None
    """The accent colour, as a CSS hexadecimal colour."""
    page_background: str | None
    """The background of the page, as a CSS hexadecimal colour."""


class OrganizationBrandingDict(TypedDict, total=False):
    """How an organization's pages look."""

    logo_url: str | None
    """The address of the organization's logo."""
    colors: OrganizationColors | OrganizationColorsDict | Unchecked | None
    """The colours of the organization's pages."""


class OrganizationEnabledConnectionDict(TypedDict, total=False):
    """A connection that an organization is created with."""

    connection_id: Required[str]
    """The identifier of the connection."""
    assign_membership_on_login: bool
    """Whether users become members when they sign in by the connection."""
    show_as_button: bool
    """Whether the organization's sign-in page shows a button for the connection."""
    is_signup_enabled: bool
    """Whether users may sign up by the connection."""


class ClientCredentialsQuotaDict(TypedDict, total=False):
    """How many tokens may be issued to machines; per day and per hour."""

    enforce: bool
    """Whether requests beyond the quota are refused."""
    per_day: int | float
    """The most tokens in a day."""
    per_hour: int | float
    """The most tokens in an hour."""


class OrganizationTokenQuotaDict(TypedDict, total=False):
    """How many tokens may be issued for an organization."""

    client_credentials: ClientCredentialsQuota | ClientCredentialsQuotaDict | Unchecked | None
    """The number of tokens that may be issued to machines."""


class MatchDict(TypedDict, total=False):
    """Which requests a route is for."""

    hosts: list[str] | None
    """The host names; any host if it is absent."""
    methods: list[str] | None
    """The HTTP methods; any method if it is absent."""
    path: str
    """The pattern of the path, such as ``/api/*``."""
    headers: Mapping[str, str] | None
    """The values that headers must have, by name."""
    query: Mapping[str, str] | None
    """The values that query parameters must have, by name."""


class HandlerConfigDict(TypedDict, total=False):
    """What is done with a request."""

    type: Required[str]
    """The kind of handler."""
    options: Mapping[str, Any]
    """The settings of the handler."""


class DeviceDict(TypedDict, total=False):
    """What somebody signed in with: first, and most recently."""

    initial_user_agent: Required[str]
    """The ``User-Agent`` header at the sign-in."""
    initial_ip: Required[str]
    """The IP address at the sign-in."""
    initial_asn: Required[str]
    """The autonomous system number of the IP address at the sign-in."""
    last_user_agent: Required[str]
    """The ``User-Agent`` header at the last use."""
    last_ip: Required[str]
    """The IP address at the last use."""
    last_asn: Required[str]
    """The autonomous system number of the IP address at the last use."""


class GrantedResourceServerDict(TypedDict, total=False):
    """An API that a refresh token gives access to."""

    audience: Required[str]
    """The identifier (audience) of the API."""
    scopes: Required[str]
    """The scopes, separated by spaces."""


class ResourceServerScopeDict(TypedDict, total=False):
    """A permission that an API knows."""

    value: Required[str]
    """The name of the scope."""
    description: str | None
    """What the scope allows."""


class MutualTLSDict(TypedDict, total=False):
    """Whether access tokens are bound to a client certificate (RFC 8705)."""

    bound_access_tokens: bool | None
    """Whether access tokens are bound to a client certificate."""


class ResourceServerOptionsDict(TypedDict, total=False):
    """How tokens for an API are made."""

    token_dialect: TokenDialect | None
    """The format of access tokens: with or without the ``permissions`` claim."""
    enforce_policies: bool | None
    """Whether scopes are limited to the permissions that roles give the user (RBAC)."""
    allow_skipping_userinfo: bool | None
    """Whether access tokens may leave out the UserInfo endpoint as an audience."""
    skip_userinfo: bool | None
    """Whether access tokens leave out the UserInfo endpoint as an audience."""
    persist_client_authorization: bool | None
    """Whether the user's consent is stored."""
    enable_introspection_endpoint: bool | None
    """Whether access tokens may be introspected (RFC 7662)."""
    mtls: MutualTLS | MutualTLSDict | Unchecked | None
    """The settings of mutual TLS."""


class ScimMappingEntryDict(TypedDict, total=False):
    """Which SCIM attribute becomes which field of a user."""

    scim: Required[str]
    """The name of the SCIM attribute."""
    auth0: Required[str]
    """The name of the user's field."""


class SessionCookieDict(TypedDict, total=False):
    """Whether the session cookie outlives the browser."""

    mode: Literal["persistent", "non-persistent"] | None
    """Whether the session cookie survives the end of the browser session."""


class ErrorPageDict(TypedDict, total=False):
    """The page, or the address of one, that shows errors."""

    html: str | None
    """The HTML of the error page."""
    show_log_link: bool | None
    """Whether the error page links to the log entry."""
    url: str | None
    """The address to which the user is redirected with the error."""


class TenantFlagsDict(TypedDict, total=False):
    """What is switched on and off for a tenant."""

    allow_changing_enable_sso: bool | None
    """Whether ``enable_sso`` may be changed."""
    allow_legacy_delegation_grant_types: bool | None
    """Whether clients may use the legacy delegation grant types."""
    allow_legacy_ro_grant_types: bool | None
    """Whether clients may use the legacy resource-owner grant types."""
    allow_legacy_tokeninfo_endpoint: bool | None
    """Whether the legacy ``/tokeninfo`` endpoint is available."""
    change_pwd_flow_v1: bool | None
    """Whether the first version of the change-password flow is used."""
    client_id_metadata_document_registration: bool | None
    """Whether a client may identify itself by the address of its metadata document."""
    custom_domains_provisioning: bool | None
    """Whether custom domains may be provisioned."""
    dashboard_insights_view: bool | None
    """Whether the dashboard shows insights."""
    dashboard_log_streams_next: bool | None
    """Whether the dashboard shows the new pages for log streams."""
    disable_clickjack_protection_headers: bool | None
    """Whether pages lack the headers that protect against clickjacking."""
    disable_fields_map_fix: bool | None
    """Whether missing fields of Google and Azure AD profiles are not mapped."""
    disable_impersonation: bool | None
    """Whether impersonation is disabled."""
    disable_management_api_sms_obfuscation: bool | None
    """Whether the Management API returns whole phone numbers of SMS users."""
    enable_adfs_waad_email_verification: bool | None
    """Whether users of ADFS and Azure AD have to verify their e-mail address."""
    enable_apis_section: bool | None
    """Whether the dashboard shows the APIs."""
    enable_client_connections: bool | None
    """Whether new clients have all connections enabled."""
    enable_custom_domain_in_emails: bool | None
    """Whether links in e-mails use the custom domain."""
    enable_dynamic_client_registration: bool | None
    """Whether clients may register themselves (RFC 7591)."""
    dcr_require_initial_access_token: bool | None
    """Whether dynamic client registration needs an initial access token (RFC 7591)."""
    dcr_allowed_grant_types: list[str] | None
    """The grant types with which clients may register themselves."""
    allow_http_return_to: list[str] | None
    """The hosts to which users may be redirected by plain HTTP."""
    enable_idtoken_api2: bool | None
    """Whether ID tokens may be used to call parts of the Management API."""
    enable_legacy_logs_search_v2: bool | None
    """Whether the second version of the log search is available."""
    enable_legacy_profile: bool | None
    """Whether ID tokens contain the whole legacy profile."""
    enable_pipeline2: bool | None
    """Whether the API authorization pipeline is enabled."""
    enable_public_signup_user_exists_error: bool | None
    """Whether a refused sign-up says that the user exists."""
    enable_sso: bool | None
    """Whether users of several clients need to sign in only once."""
    enforce_client_authentication_on_passwordless_start: bool | None
    """Whether clients must authenticate to start a passwordless sign-in."""
    genai_trial: bool | None
    """Whether the tenant takes part in the trial of generative AI."""
    improved_signup_bot_detection_in_classic: bool | None
    """Whether the classic pages use the improved bot detection at sign-up."""
    mfa_show_factor_list_on_enrollment: bool | None
    """Whether users choose a factor from a list when they enroll."""
    no_disclose_enterprise_connections: bool | None
    """Whether public pages do not list the enterprise connections."""
    remove_alg_from_jwks: bool | None
    """Whether keys in the JSON Web Key Set lack ``alg``."""
    revoke_refresh_token_grant: bool | None
    """Whether revoking a refresh token revokes the whole grant."""
    trust_azure_adfs_email_verified_connection_property: bool | None
    """Whether ``email_verified`` of ADFS and Azure AD is trusted."""
    use_scope_descriptions_for_consent: bool | None
    """Whether the consent page shows descriptions of scopes instead of their names."""
    inherit_global_permissions_in_organizations: bool | None
    """Whether users keep their tenant-level permissions within an organization."""
    restrict_undefined_scopes: bool | None
    """Whether scopes that no API defines are left out of tokens."""


class CustomPageDict(TypedDict, total=False):
    """A page of one's own in place of the usual one."""

    enabled: bool | None
    """Whether the page replaces the usual one."""
    html: str | None
    """The HTML of the page."""


class DeviceFlowInsertDict(TypedDict, total=False):
    """The same with the limit for new ones."""

    charset: Literal["base20", "digits"] | None
    """The characters of user codes (RFC 8628)."""
    mask: str | None
    """The format of user codes, with ``*`` for each character."""


class TokenQuotaDict(TypedDict, total=False):
    """How many tokens may be issued."""

    client_credentials: Mapping[str, Any] | None
    """The number of tokens that may be issued by the client-credentials grant."""


class DefaultTokenQuotaDict(TypedDict, total=False):
    """The quotas of clients and organizations without one of their own."""

    clients: TokenQuota | TokenQuotaDict | Unchecked | None
    """The quota of clients without one of their own."""
    organizations: TokenQuota | TokenQuotaDict | Unchecked | None
    """The quota of organizations without one of their own."""


class TenantSessionsDict(TypedDict, total=False):
    """How sessions end."""

    oidc_logout_prompt_enabled: bool | None
    """Whether users are asked to confirm an OpenID Connect logout."""


class TenantOidcLogoutDict(TypedDict, total=False):
    """What discovery says of the logout endpoint."""

    rp_logout_end_session_endpoint_discovery: bool | None
    """Whether the discovery document contains ``end_session_endpoint``."""


class MtlsDict(TypedDict, total=False):
    """Mutual TLS."""

    enable_endpoint_aliases: bool | None
    """Whether there are aliases of the endpoints for mutual TLS (RFC 8705)."""


class PasswordStageDict(TypedDict, total=False):
    """What happens to a leaked password at one stage."""

    shields: list[str] | None
    """What is done, such as ``block`` or ``admin_notification``."""


_BreachedPasswordStagesDict = TypedDict(
    "_BreachedPasswordStagesDict",
    {
        "pre-user-registration": PasswordStage | PasswordStageDict | Unchecked | None,
        "pre-change-password": PasswordStage | PasswordStageDict | Unchecked | None,
    },
    total=False,
)


class BreachedPasswordStagesDict(_BreachedPasswordStagesDict, total=False):
    """What happens to a leaked password, stage by stage."""

    pre_user_registration: PasswordStage | PasswordStageDict | Unchecked | None
    """What is done before a sign-up."""
    pre_change_password: PasswordStage | PasswordStageDict | Unchecked | None
    """What is done before a change of the password."""


class BreachedPasswordDetectionDict(TypedDict, total=False):
    """What is done about passwords known to have leaked."""

    enabled: bool | None
    """Whether leaked passwords are detected."""
    shields: list[str] | None
    """What is done at a sign-in, such as ``block`` or ``user_notification``."""
    admin_notification_frequency: list[str] | None
    """When administrators are notified, such as ``immediately`` or ``daily``."""
    method: str | None
    """How leaked passwords are detected, such as ``standard`` or ``enhanced``."""
    stage: BreachedPasswordStages | BreachedPasswordStagesDict | Unchecked | None
    """What is done at the other stages."""


class BruteForceProtectionDict(TypedDict, total=False):
    """What is done about one account being guessed at."""

    enabled: bool | None
    """Whether repeated failures to sign in are detected."""
    shields: list[str] | None
    """What is done, such as ``block`` or ``user_notification``."""
    allowlist: list[str] | None
    """The IP addresses that are never blocked."""
    mode: str | None
    """Whether failures are counted by account alone, or by account and IP address."""
    max_attempts: int | float | None
    """The number of failures that are allowed."""


class ThrottlingStageDict(TypedDict, total=False):
    """How often an address may try at one stage."""

    max_attempts: int | float | None
    """The number of attempts that are allowed."""
    rate: int | float | None
    """The interval at which a further attempt is allowed, in milliseconds."""


_ThrottlingStagesDict = TypedDict(
    "_ThrottlingStagesDict",
    {
        "pre-login": ThrottlingStage | ThrottlingStageDict | Unchecked | None,
        "pre-user-registration": ThrottlingStage | ThrottlingStageDict | Unchecked | None,
    },
    total=False,
)


class ThrottlingStagesDict(_ThrottlingStagesDict, total=False):
    """How often an address may try, stage by stage."""

    pre_login: ThrottlingStage | ThrottlingStageDict | Unchecked | None
    """The limits of sign-ins."""
    pre_user_registration: ThrottlingStage | ThrottlingStageDict | Unchecked | None
    """The limits of sign-ups."""


class SuspiciousIpThrottlingDict(TypedDict, total=False):
    """What is done about one address trying many accounts."""

    enabled: bool | None
    """Whether attempts are counted by IP address."""
    shields: list[str] | None
    """What is done, such as ``block`` or ``admin_notification``."""
    allowlist: list[str] | None
    """The IP addresses that are never throttled."""
    stage: ThrottlingStages | ThrottlingStagesDict | Unchecked | None
    """The limits of each stage."""


class AttackProtectionDict(TypedDict, total=False):
    """How a tenant defends itself."""

    breached_password_detection: BreachedPasswordDetection | BreachedPasswordDetectionDict | Unchecked | None
    """What is done about leaked passwords."""
    brute_force_protection: BruteForceProtection | BruteForceProtectionDict | Unchecked | None
    """What is done about repeated failures to sign in to one account."""
    suspicious_ip_throttling: SuspiciousIpThrottling | SuspiciousIpThrottlingDict | Unchecked | None
    """What is done about many attempts from one IP address."""


class MfaFactorsDict(TypedDict, total=False):
    """The second factors on offer."""

    sms: bool | None
    """Whether codes by text message are offered."""
    otp: bool | None
    """Whether one-time passwords of an authenticator app are offered."""
    email: bool | None
    """Whether codes by e-mail are offered."""
    push_notification: bool | None
    """Whether push notifications are offered."""
    webauthn_roaming: bool | None
    """Whether security keys are offered (WebAuthn)."""
    webauthn_platform: bool | None
    """Whether the device's own biometrics are offered (WebAuthn)."""
    recovery_code: bool | None
    """Whether recovery codes are offered."""
    duo: bool | None
    """Whether Duo is offered."""


class SmsProviderDict(TypedDict, total=False):
    """Who sends text messages."""

    provider: Literal["twilio", "vonage", "aws_sns", "phone_message_hook"] | None
    """The service that sends text messages."""


_TwilioSettingsDict = TypedDict("_TwilioSettingsDict", {"from": str | None}, total=False)


class TwilioSettingsDict(_TwilioSettingsDict, total=False):
    """The account at Twilio."""

    sid: str | None
    """The account SID."""
    auth_token: str | None
    """The authentication token."""
    from_: str | None
    """The phone number that text messages are sent from."""
    messaging_service_sid: str | None
    """The SID of the messaging service that sends text messages."""


class PhoneMessageDict(TypedDict, total=False):
    """The text that is sent."""

    message: str | None
    """The text of the message."""


class TenantMfaDict(TypedDict, total=False):
    """When a second factor is asked for, and which."""

    policy: Literal["never", "always"] | None
    """Whether users always need a second factor."""
    factors: MfaFactors | MfaFactorsDict | Unchecked | None
    """The factors that are offered."""
    sms_provider: SmsProvider | SmsProviderDict | Unchecked | None
    """The service that sends text messages."""
    twilio: TwilioSettings | TwilioSettingsDict | Unchecked | None
    """The account at Twilio."""
    phone_message: PhoneMessage | PhoneMessageDict | Unchecked | None
    """The text message that is sent."""


class BordersDict(TypedDict, total=False):
    """Borders; numbers are pixels."""

    button_border_radius: Required[int | float]
    """The radius of the corners of buttons, in pixels."""
    button_border_weight: Required[int | float]
    """The width of the border of buttons, in pixels."""
    buttons_style: Required[ButtonsStyle]
    """The shape of buttons."""
    input_border_radius: Required[int | float]
    """The radius of the corners of inputs, in pixels."""
    input_border_weight: Required[int | float]
    """The width of the border of inputs, in pixels."""
    inputs_style: Required[ButtonsStyle]
    """The shape of inputs."""
    show_widget_shadow: Required[bool]
    """Whether the widget has a shadow."""
    widget_border_weight: Required[int | float]
    """The width of the widget's border, in pixels."""
    widget_corner_radius: Required[int | float]
    """The radius of the widget's corners, in pixels."""


class ColorsDict(TypedDict, total=False):
    """Colours, as CSS has them."""

    base_focus_color: Required[str]
    """The colour of what has the focus, as a CSS hexadecimal colour."""
    base_hover_color: Required[str]
    """The colour of what the pointer is on, as a CSS hexadecimal colour."""
    body_text: Required[str]
    """The colour of text, as a CSS hexadecimal colour."""
    captcha_widget_theme: Required[Literal["auto", "dark", "light"]]
    """Whether the CAPTCHA is dark, light, or as the browser prefers."""
    error: Required[str]
    """The colour of errors, as a CSS hexadecimal colour."""
    header: Required[str]
    """The colour of headings, as a CSS hexadecimal colour."""
    icons: Required[str]
    """The colour of icons, as a CSS hexadecimal colour."""
    input_background: Required[str]
    """The background of inputs, as a CSS hexadecimal colour."""
    input_border: Required[str]
    """The border of inputs, as a CSS hexadecimal colour."""
    input_filled_text: Required[str]
    """The colour of text in inputs, as a CSS hexadecimal colour."""
    input_labels_placeholders: Required[str]
    """The colour of labels and placeholders, as a CSS hexadecimal colour."""
    links_focused_components: Required[str]
    """The colour of links and of components with the focus, as a CSS hexadecimal colour."""
    primary_button: Required[str]
    """The background of primary buttons, as a CSS hexadecimal colour."""
    primary_button_label: Required[str]
    """The label of primary buttons, as a CSS hexadecimal colour."""
    secondary_button_border: Required[str]
    """The border of secondary buttons, as a CSS hexadecimal colour."""
    secondary_button_label: Required[str]
    """The label of secondary buttons, as a CSS hexadecimal colour."""
    success: Required[str]
    """The colour of success messages, as a CSS hexadecimal colour."""
    widget_background: Required[str]
    """The background of the widget, as a CSS hexadecimal colour."""
    widget_border: Required[str]
    """The border of the widget, as a CSS hexadecimal colour."""


class FontDetailsDict(TypedDict, total=False):
    """Weight, and size in per cent of the reference."""

    bold: Required[bool]
    """Whether the text is bold."""
    size: Required[int | float]
    """The size of the text, in percent of ``reference_text_size``."""


class FontsDict(TypedDict, total=False):
    """Fonts; the reference size is in pixels."""

    body_text: Required[FontDetails | FontDetailsDict | Unchecked]
    """The font of text."""
    buttons_text: Required[FontDetails | FontDetailsDict | Unchecked]
    """The font of buttons."""
    font_url: Required[str]
    """The address of the font; the default font if it is empty."""
    input_labels: Required[FontDetails | FontDetailsDict | Unchecked]
    """The font of the labels of inputs."""
    links: Required[FontDetails | FontDetailsDict | Unchecked]
    """The font of links."""
    links_style: Required[Literal["normal", "underlined"]]
    """Whether links are underlined."""
    reference_text_size: Required[int | float]
    """The size of text to which the other sizes relate, in pixels."""
    subtitle: Required[FontDetails | FontDetailsDict | Unchecked]
    """The font of subtitles."""
    title: Required[FontDetails | FontDetailsDict | Unchecked]
    """The font of titles."""


class PageBackgroundDict(TypedDict, total=False):
    """What is behind the widget."""

    background_color: Required[str]
    """The background of the page, as a CSS hexadecimal colour."""
    background_image_url: Required[str]
    """The address of the image behind the widget; no image if it is empty."""
    page_layout: Required[Alignment]
    """Where on the page the widget stands."""
    logo_placement: Literal["widget", "chip", "none"] | None
    """Where the logo stands."""


class WidgetDict(TypedDict, total=False):
    """The box that people sign in with; numbers are pixels."""

    header_text_alignment: Required[Alignment]
    """How headings are aligned."""
    logo_height: Required[int | float]
    """The height of the logo, in pixels."""
    logo_position: Required[Literal["center", "left", "none", "right"]]
    """Where in the widget the logo stands."""
    logo_url: Required[str]
    """The address of the logo; the logo of the branding if it is empty."""
    social_buttons_layout: Required[Literal["bottom", "top"]]
    """Whether the buttons of social connections stand above or below the form."""


class BordersUpdate(TypedDict, total=False):
    """A part of the object: the rest stays."""

    button_border_radius: int | float | None
    button_border_weight: int | float | None
    buttons_style: ButtonsStyle | None
    input_border_radius: int | float | None
    input_border_weight: int | float | None
    inputs_style: ButtonsStyle | None
    show_widget_shadow: bool | None
    widget_border_weight: int | float | None
    widget_corner_radius: int | float | None


class ColorsUpdate(TypedDict, total=False):
    """A part of the object: the rest stays."""

    base_focus_color: str | None
    base_hover_color: str | None
    body_text: str | None
    captcha_widget_theme: Literal["auto", "dark", "light"] | None
    error: str | None
    header: str | None
    icons: str | None
    input_background: str | None
    input_border: str | None
    input_filled_text: str | None
    input_labels_placeholders: str | None
    links_focused_components: str | None
    primary_button: str | None
    primary_button_label: str | None
    secondary_button_border: str | None
    secondary_button_label: str | None
    success: str | None
    widget_background: str | None
    widget_border: str | None


class FontDetailsUpdate(TypedDict, total=False):
    """A part of the object: the rest stays."""

    bold: bool | None
    size: int | float | None


class FontsUpdate(TypedDict, total=False):
    """A part of the object: the rest stays."""

    body_text: FontDetailsUpdate | Unchecked | None
    buttons_text: FontDetailsUpdate | Unchecked | None
    font_url: str | None
    input_labels: FontDetailsUpdate | Unchecked | None
    links: FontDetailsUpdate | Unchecked | None
    links_style: Literal["normal", "underlined"] | None
    reference_text_size: int | float | None
    subtitle: FontDetailsUpdate | Unchecked | None
    title: FontDetailsUpdate | Unchecked | None


class PageBackgroundUpdate(TypedDict, total=False):
    """A part of the object: the rest stays."""

    background_color: str | None
    background_image_url: str | None
    page_layout: Alignment | None
    logo_placement: Literal["widget", "chip", "none"] | None


class WidgetUpdate(TypedDict, total=False):
    """A part of the object: the rest stays."""

    header_text_alignment: Alignment | None
    logo_height: int | float | None
    logo_position: Literal["center", "left", "none", "right"] | None
    logo_url: str | None
    social_buttons_layout: Literal["bottom", "top"] | None


class AddressDict(TypedDict, total=False):
    """A postal address, as OpenID Connect has it."""

    formatted: str | None
    """The whole address, formatted for display or a mailing label."""
    street_address: str | None
    """The street, the house number and the like."""
    locality: str | None
    """The city."""
    region: str | None
    """The state, the province or the region."""
    postal_code: str | None
    """The postal code."""
    country: str | None
    """The name of the country."""


class UserPasswordDict(TypedDict, total=False):
    """A password that was hashed elsewhere."""

    hash: Required[str]
    """The hash of the password."""
    algorithm: Required[str]
    """The algorithm of the hash."""


class ActionCreate(TypedDict, total=False):
    """What ``actions`` takes for a new row."""

    code: Required[str]
    """The source code, in JavaScript."""
    supported_triggers: Sequence[ActionTrigger | ActionTriggerDict | Unchecked] | None
    """The triggers at which the code may run."""
    runtime: str | None
    """The JavaScript runtime that runs the code, such as ``node22``."""
    dependencies: Sequence[ActionDependency | ActionDependencyDict | Unchecked] | None
    """The npm packages that the code imports."""
    secrets: Sequence[ActionSecret | ActionSecretDict | Unchecked] | None
    """The secret values that the code may read."""
    name: Required[str]
    """The name of the action."""
    is_system: bool | None
    """Whether the system owns the action, so that a tenant cannot change it."""
    inherit: bool | None
    """Whether other tenants inherit the action."""


class ActionExecutionCreate(TypedDict, total=False):
    """What ``action_executions`` takes for a new row."""

    id: Required[str]
    """The identifier of the execution."""
    trigger_id: Required[str]
    """The trigger at which the actions ran."""
    status: Required[ActionExecutionStatus]
    """How far the execution is, and how it ended."""
    results: Required[Sequence[ActionExecutionResult | ActionExecutionResultDict | Unchecked]]
    """The result of each action, in the order in which they ran."""
    logs: Sequence[ActionExecutionLog | ActionExecutionLogDict | Unchecked] | None
    """What each action wrote."""


class ActionUpdate(TypedDict, total=False):
    """What ``actions`` updates."""

    code: str
    """The source code, in JavaScript."""
    supported_triggers: Sequence[ActionTrigger | ActionTriggerDict | Unchecked] | None
    """The triggers at which the code may run."""
    runtime: str | None
    """The JavaScript runtime that runs the code, such as ``node22``."""
    dependencies: Sequence[ActionDependency | ActionDependencyDict | Unchecked] | None
    """The npm packages that the code imports."""
    secrets: Sequence[ActionSecret | ActionSecretDict | Unchecked] | None
    """The secret values that the code may read."""
    name: str
    """The name of the action."""
    is_system: bool
    """Whether the system owns the action, so that a tenant cannot change it."""
    inherit: bool
    """Whether other tenants inherit the action."""
    status: ActionStatus | None
    """Whether the action is a draft or is built and ready to run."""
    deployed_at: Instant | None
    """When the action was last deployed."""


class ActionVersionCreate(TypedDict, total=False):
    """What ``action_versions`` takes for a new row."""

    code: Required[str]
    """The source code, in JavaScript."""
    supported_triggers: Sequence[ActionTrigger | ActionTriggerDict | Unchecked] | None
    """The triggers at which the code may run."""
    runtime: str | None
    """The JavaScript runtime that runs the code, such as ``node22``."""
    dependencies: Sequence[ActionDependency | ActionDependencyDict | Unchecked] | None
    """The npm packages that the code imports."""
    secrets: Sequence[ActionSecret | ActionSecretDict | Unchecked] | None
    """The secret values that the code may read."""
    action_id: Required[str]
    """The identifier of the action."""
    deployed: bool
    """Whether this is the version that runs; deploying a version undeploys the others."""


class ActionWhere(TypedDict, total=False):
    """The fields by which ``actions`` are filtered."""

    id: TextIs
    name: TextIs
    is_system: TruthIs


_AnalyticsQueryDict = TypedDict("_AnalyticsQueryDict", {"from": Instant | None}, total=False)


class AnalyticsQueryDict(_AnalyticsQueryDict, total=False):
    """What to count, and how."""

    from_: Instant | None
    """The first instant; by default thirty days before ``to``."""
    to: Instant | None
    """The instant behind the last one; now by default."""
    interval: AnalyticsInterval
    """The length of the buckets of ``time``; weeks begin on Monday."""
    tz: str
    """The IANA time zone in which buckets begin."""
    group_by: list[AnalyticsGroupBy]
    """The dimensions; the answer has a row for each combination of their values."""
    filters: AnalyticsFilters | AnalyticsFiltersDict | Unchecked
    """The events that count."""
    order_by: list[str]
    """Columns of the answer, with ``-`` before one for descending; by default time first, else the greatest first."""
    limit: int
    """The most rows that the answer has, up to 1,000."""
    offset: int
    """The number of rows to leave out before the first."""


class AuditEventCreate(TypedDict, total=False):
    """What ``outbox`` takes for a new event."""

    tenant_id: Required[str]
    """The tenant in which the event happened."""
    event_type: Required[str]
    """What happened, as a dotted name."""
    log_type: Required[str]
    """The type that the event has in the log, such as ``s`` for a successful sign-in."""
    description: str | None
    """A sentence about the event."""
    category: Required[AuditCategory]
    """Who causes events of this kind."""
    actor: Required[Actor | ActorDict | Unchecked]
    """Who did it."""
    target: Required[Target | TargetDict | Unchecked]
    """What was acted on."""
    request: Required[RequestContext | RequestContextDict | Unchecked]
    """The request that caused the event."""
    response: ResponseContext | ResponseContextDict | Unchecked | None
    """The response to the request."""
    connection: str | None
    """The name of the connection that was used."""
    connection_id: str | None
    """The identifier of the connection that was used."""
    client_name: str | None
    """The name of the client."""
    strategy: str | None
    """The strategy of the connection, such as ``auth0`` or ``google-oauth2``."""
    strategy_type: str | None
    """The kind of the strategy, such as ``database`` or ``social``."""
    audience: str | None
    """The API that a token was requested for."""
    scope: str | None
    """The scopes that were requested, separated by spaces."""
    location: LocationInfo | LocationInfoDict | Unchecked | None
    """Where the IP address is."""
    auth0_client: Auth0Client | Auth0ClientDict | Unchecked | None
    """The software that sent the request, from its ``Auth0-Client`` header."""
    hostname: Required[str]
    """The host name that the request was sent to."""
    is_mobile: bool | None
    """Whether the request came from a mobile device."""
    timestamp: Required[Instant]
    """When the event happened."""
    id: str | None
    """The identifier of the event; generated if it is omitted."""


class AuthenticationMethodCreate(TypedDict, total=False):
    """What ``authentication_methods`` takes for a new row."""

    user_id: Required[str]
    """The identifier of the user."""
    type: Required[AuthenticationMethodType]
    """The kind of authentication method."""
    phone_number: str | None
    """The phone number that codes are sent to, in E.164 format."""
    totp_secret: str | None
    """The shared secret of a time-based one-time password (RFC 6238)."""
    credential_id: str | None
    """The identifier of the WebAuthn credential."""
    public_key: str | None
    """The public key of the WebAuthn credential."""
    sign_count: int | None
    """The signature counter of the WebAuthn credential, which shows whether the authenticator was cloned."""
    credential_backed_up: bool | None
    """Whether the WebAuthn credential is backed up, as synchronized passkeys are."""
    transports: list[str] | None
    """The transports by which the authenticator can be reached, such as ``usb`` or ``internal``."""
    friendly_name: str | None
    """The name by which the user recognizes the method."""
    confirmed: bool
    """Whether the user has completed the enrollment."""


class AuthenticationMethodUpdate(TypedDict, total=False):
    """What ``authentication_methods`` updates."""

    user_id: str
    """The identifier of the user."""
    type: AuthenticationMethodType
    """The kind of authentication method."""
    phone_number: str | None
    """The phone number that codes are sent to, in E.164 format."""
    totp_secret: str | None
    """The shared secret of a time-based one-time password (RFC 6238)."""
    credential_id: str | None
    """The identifier of the WebAuthn credential."""
    public_key: str | None
    """The public key of the WebAuthn credential."""
    sign_count: int | None
    """The signature counter of the WebAuthn credential, which shows whether the authenticator was cloned."""
    credential_backed_up: bool | None
    """Whether the WebAuthn credential is backed up, as synchronized passkeys are."""
    transports: list[str] | None
    """The transports by which the authenticator can be reached, such as ``usb`` or ``internal``."""
    friendly_name: str | None
    """The name by which the user recognizes the method."""
    confirmed: bool
    """Whether the user has completed the enrollment."""


class BrandingCreate(TypedDict, total=False):
    """What ``branding`` takes for a new row."""

    colors: BrandingColors | BrandingColorsDict | Unchecked | None
    """The colours of the pages."""
    logo_url: str | None
    """The address of the logo."""
    favicon_url: str | None
    """The address of the icon that browsers show."""
    font: BrandingFont | BrandingFontDict | Unchecked | None
    """The font of the pages."""
    dark_mode: DarkMode | None
    """Whether the pages are dark, light, or as the browser prefers."""


_ClientCreate = TypedDict("_ClientCreate", {"global": bool}, total=False)


class ClientCreate(_ClientCreate, total=False):
    """What ``clients`` takes for a new row."""

    name: Required[str]
    """The name of the client, which is shown to users."""
    description: str | None
    """A description of the client."""
    global_: bool
    """Whether this is the tenant's global client, on whose behalf legacy features act."""
    client_secret: str | None
    """The secret by which the client authenticates; absent for a public client."""
    app_type: AppType | None
    """The kind of application."""
    logo_uri: str | None
    """The address of the client's logo."""
    is_first_party: bool
    """Whether the tenant owns the client, so that users need not give their consent."""
    oidc_conformant: bool
    """Whether the client adheres strictly to OpenID Connect."""
    auth0_conformant: bool | None
    """Whether the client relies on Auth0's deviations from OpenID Connect."""
    callbacks: list[str]
    """The addresses to which users may be redirected after they have signed in (OAuth: redirect URIs)."""
    allowed_origins: list[str]
    """The origins whose pages may call the API (CORS)."""
    web_origins: list[str]
    """The origins whose pages may receive responses by ``web_message``."""
    client_aliases: list[str]
    """Other audiences that SAML and WS-Federation requests may name."""
    allowed_clients: list[str]
    """The clients that may exchange their tokens for tokens of this client."""
    connections: list[str] | None
    """The identifiers of the connections that the client offers, in order."""
    allowed_logout_urls: list[str]
    """The addresses to which users may be redirected after they have signed out."""
    session_transfer: Mapping[str, Any]
    """The settings of the transfer of sessions from native applications to the web."""
    oidc_logout: ClientOidcLogout | ClientOidcLogoutDict | Unchecked
    """The settings of OpenID Connect logout."""
    grant_types: list[str]
    """The OAuth grant types that the client may use."""
    jwt_configuration: Mapping[str, Any]
    """The settings of the client's ID tokens, such as ``alg`` and ``lifetime_in_seconds``."""
    signing_keys: list[Mapping[str, Any]]
    """The keys that sign the client's tokens."""
    encryption_key: Mapping[str, Any]
    """The key that encrypts the client's SAML responses."""
    sso: bool
    """Whether the client takes part in single sign-on."""
    sso_disabled: bool
    """Whether single sign-on is switched off for the client."""
    cross_origin_authentication: bool
    """Whether pages of other origins may authenticate users with their credentials."""
    cross_origin_loc: str | None
    """The address of the page that verifies cross-origin authentication where third-party cookies are blocked."""
    custom_login_page_on: bool
    """Whether the client has a login page of its own."""
    custom_login_page: str | None
    """The HTML of the client's own login page."""
    custom_login_page_preview: str | None
    """The HTML of the client's own login page, for its preview."""
    form_template: str | None
    """The HTML form that WS-Federation responses use."""
    addons: Mapping[str, Any]
    """The settings of the client's add-ons, such as SAML and WS-Federation."""
    token_endpoint_auth_method: TokenEndpointAuthMethod | None
    """How the client authenticates at the token endpoint (RFC 7591)."""
    client_metadata: Mapping[str, str]
    """Free-form texts about the client, by key."""
    hide_sign_up_disabled_error: bool
    """Whether a refused sign-up does not say that sign-ups are disabled."""
    mobile: Mapping[str, Any]
    """The settings of mobile applications, such as the app's identifiers on Android and iOS."""
    initiate_login_uri: str | None
    """The address at which the client starts a sign-in (OpenID Connect: third-party initiated login)."""
    native_social_login: Mapping[str, Any]
    """The settings of social sign-in within native applications."""
    refresh_token: RefreshTokenSettingsInsert | RefreshTokenSettingsInsertDict | Unchecked
    """The settings of the client's refresh tokens."""
    default_organization: Mapping[str, Any]
    """The organization that is used where a request names none."""
    organization_usage: OrganizationUsage | None
    """Whether users may or must sign in with an organization."""
    organization_require_behavior: OrganizationRequireBehavior | None
    """When users choose an organization, where one is required."""
    client_authentication_methods: Mapping[str, Any]
    """The credentials with which the client authenticates by a key or a certificate."""
    require_pushed_authorization_requests: bool
    """Whether the client must push its authorization requests (RFC 9126)."""
    require_proof_of_possession: bool
    """Whether the client's access tokens must be sender-constrained."""
    signed_request_object: Mapping[str, Any]
    """The settings of signed authorization requests (RFC 9101)."""
    compliance_level: ComplianceLevel | None
    """The security profile that the client complies with."""
    par_request_expiry: int | None
    """The lifetime of a pushed authorization request, in seconds."""
    token_quota: Mapping[str, Any]
    """The number of tokens that may be issued to the client."""
    owner_user_id: str | None
    """The identifier of the user who owns the client."""
    registration_type: RegistrationType | None
    """How the client was registered: by hand, or by dynamic client registration."""
    registration_metadata: Mapping[str, Any] | None
    """Further metadata of the dynamic client registration (RFC 7591)."""
    user_linking_mode: UserLinkingMode | None
    """Whether users with the same verified e-mail address are linked automatically."""
    client_id: str | None
    """The identifier of the client; generated if it is omitted."""


class ClientGrantCreate(TypedDict, total=False):
    """What ``client_grants`` takes for a new row."""

    client_id: Required[str]
    """The identifier of the client."""
    audience: Required[str]
    """The identifier (audience) of the API."""
    scope: list[str] | None
    """The scopes that the client may request."""
    organization_usage: OrganizationUsage | None
    """Whether the grant may or must be used with an organization."""
    allow_any_organization: bool | None
    """Whether the grant may be used with any organization."""
    is_system: bool | None
    """Whether the system owns the grant, so that a tenant cannot change it."""
    subject_type: SubjectType | None
    """Whether the client acts on its own behalf or on that of a user."""
    authorization_details_types: list[str] | None
    """The types of authorization details that the client may request (RFC 9396)."""


class ClientGrantUpdate(TypedDict, total=False):
    """What ``client_grants`` updates."""

    client_id: str
    """The identifier of the client."""
    audience: str
    """The identifier (audience) of the API."""
    scope: list[str] | None
    """The scopes that the client may request."""
    organization_usage: OrganizationUsage | None
    """Whether the grant may or must be used with an organization."""
    allow_any_organization: bool | None
    """Whether the grant may be used with any organization."""
    is_system: bool | None
    """Whether the system owns the grant, so that a tenant cannot change it."""
    subject_type: SubjectType | None
    """Whether the client acts on its own behalf or on that of a user."""
    authorization_details_types: list[str] | None
    """The types of authorization details that the client may request (RFC 9396)."""


class ClientGrantWhere(TypedDict, total=False):
    """The fields by which ``client_grants`` are filtered."""

    id: TextIs
    client_id: TextIs
    audience: TextIs
    organization_usage: TextIs
    allow_any_organization: TruthIs
    is_system: TruthIs
    subject_type: TextIs
    created_at: InstantIs
    updated_at: InstantIs


class ClientRegistrationTokenCreate(TypedDict, total=False):
    """What ``client_registration_tokens`` takes for a new row."""

    id: Required[str]
    """The identifier of the token."""
    token_hash: Required[str]
    """The hash of the token."""
    type: Required[ClientRegistrationTokenType]
    """Whether the token registers a client (``iat``) or manages one (``rat``)."""
    client_id: str | None
    """The identifier of the client that the token manages."""
    sub: str | None
    """The identifier of the user on whose behalf the token was issued."""
    constraints: Mapping[str, Any] | None
    """The metadata that a client must be registered with."""
    single_use: bool
    """Whether the token may be used only once."""
    expires_at: Instant | None
    """When the token expires; absent if it does not."""


_ClientUpdate = TypedDict("_ClientUpdate", {"global": bool}, total=False)


class ClientUpdate(_ClientUpdate, total=False):
    """What ``clients`` updates."""

    name: str
    """The name of the client, which is shown to users."""
    description: str | None
    """A description of the client."""
    global_: bool
    """Whether this is the tenant's global client, on whose behalf legacy features act."""
    client_secret: str | None
    """The secret by which the client authenticates; absent for a public client."""
    app_type: AppType | None
    """The kind of application."""
    logo_uri: str | None
    """The address of the client's logo."""
    is_first_party: bool
    """Whether the tenant owns the client, so that users need not give their consent."""
    oidc_conformant: bool
    """Whether the client adheres strictly to OpenID Connect."""
    auth0_conformant: bool | None
    """Whether the client relies on Auth0's deviations from OpenID Connect."""
    callbacks: list[str]
    """The addresses to which users may be redirected after they have signed in (OAuth: redirect URIs)."""
    allowed_origins: list[str]
    """The origins whose pages may call the API (CORS)."""
    web_origins: list[str]
    """The origins whose pages may receive responses by ``web_message``."""
    client_aliases: list[str]
    """Other audiences that SAML and WS-Federation requests may name."""
    allowed_clients: list[str]
    """The clients that may exchange their tokens for tokens of this client."""
    connections: list[str] | None
    """The identifiers of the connections that the client offers, in order."""
    allowed_logout_urls: list[str]
    """The addresses to which users may be redirected after they have signed out."""
    session_transfer: Mapping[str, Any]
    """The settings of the transfer of sessions from native applications to the web."""
    oidc_logout: ClientOidcLogout | ClientOidcLogoutDict | Unchecked
    """The settings of OpenID Connect logout."""
    grant_types: list[str]
    """The OAuth grant types that the client may use."""
    jwt_configuration: Mapping[str, Any]
    """The settings of the client's ID tokens, such as ``alg`` and ``lifetime_in_seconds``."""
    signing_keys: list[Mapping[str, Any]]
    """The keys that sign the client's tokens."""
    encryption_key: Mapping[str, Any]
    """The key that encrypts the client's SAML responses."""
    sso: bool
    """Whether the client takes part in single sign-on."""
    sso_disabled: bool
    """Whether single sign-on is switched off for the client."""
    cross_origin_authentication: bool
    """Whether pages of other origins may authenticate users with their credentials."""
    cross_origin_loc: str | None
    """The address of the page that verifies cross-origin authentication where third-party cookies are blocked."""
    custom_login_page_on: bool
    """Whether the client has a login page of its own."""
    custom_login_page: str | None
    """The HTML of the client's own login page."""
    custom_login_page_preview: str | None
    """The HTML of the client's own login page, for its preview."""
    form_template: str | None
    """The HTML form that WS-Federation responses use."""
    addons: Mapping[str, Any]
    """The settings of the client's add-ons, such as SAML and WS-Federation."""
    token_endpoint_auth_method: TokenEndpointAuthMethod | None
    """How the client authenticates at the token endpoint (RFC 7591)."""
    client_metadata: Mapping[str, str]
    """Free-form texts about the client, by key."""
    hide_sign_up_disabled_error: bool
    """Whether a refused sign-up does not say that sign-ups are disabled."""
    mobile: Mapping[str, Any]
    """The settings of mobile applications, such as the app's identifiers on Android and iOS."""
    initiate_login_uri: str | None
    """The address at which the client starts a sign-in (OpenID Connect: third-party initiated login)."""
    native_social_login: Mapping[str, Any]
    """The settings of social sign-in within native applications."""
    refresh_token: RefreshTokenSettingsInsert | RefreshTokenSettingsInsertDict | Unchecked
    """The settings of the client's refresh tokens."""
    default_organization: Mapping[str, Any]
    """The organization that is used where a request names none."""
    organization_usage: OrganizationUsage | None
    """Whether users may or must sign in with an organization."""
    organization_require_behavior: OrganizationRequireBehavior | None
    """When users choose an organization, where one is required."""
    client_authentication_methods: Mapping[str, Any]
    """The credentials with which the client authenticates by a key or a certificate."""
    require_pushed_authorization_requests: bool
    """Whether the client must push its authorization requests (RFC 9126)."""
    require_proof_of_possession: bool
    """Whether the client's access tokens must be sender-constrained."""
    signed_request_object: Mapping[str, Any]
    """The settings of signed authorization requests (RFC 9101)."""
    compliance_level: ComplianceLevel | None
    """The security profile that the client complies with."""
    par_request_expiry: int | None
    """The lifetime of a pushed authorization request, in seconds."""
    token_quota: Mapping[str, Any]
    """The number of tokens that may be issued to the client."""
    owner_user_id: str | None
    """The identifier of the user who owns the client."""
    registration_type: RegistrationType | None
    """How the client was registered: by hand, or by dynamic client registration."""
    registration_metadata: Mapping[str, Any] | None
    """Further metadata of the dynamic client registration (RFC 7591)."""
    user_linking_mode: UserLinkingMode | None
    """Whether users with the same verified e-mail address are linked automatically."""


class ClientWhere(TypedDict, total=False):
    """The fields by which ``clients`` are filtered."""

    client_id: TextIs
    name: TextIs
    app_type: TextIs
    is_first_party: TruthIs
    owner_user_id: TextIs
    registration_type: TextIs
    created_at: InstantIs
    updated_at: InstantIs


class CodeCreate(TypedDict, total=False):
    """What ``codes`` takes for a new row."""

    code_id: Required[str]
    """The code itself."""
    login_id: Required[str]
    """The identifier of the login session."""
    connection_id: str | None
    """The identifier of the connection."""
    code_type: Required[CodeType]
    """The purpose of the code."""
    code_verifier: str | None
    """The PKCE code verifier that is sent to the identity provider (RFC 7636)."""
    code_challenge: str | None
    """The PKCE code challenge of the client (RFC 7636)."""
    code_challenge_method: Literal["plain", "S256"] | None
    """How the code challenge was derived from the code verifier (RFC 7636)."""
    redirect_uri: str | None
    """The redirect URI of the authorization request."""
    otp: str | None
    """The one-time password that the user types."""
    nonce: str | None
    """The ``nonce`` of the authorization request, which is repeated in the ID token."""
    state: str | None
    """The ``state`` of the authorization request."""
    expires_at: Required[Instant]
    """When the code expires."""
    used_at: Instant | None
    """When the code was used; absent if it is unused."""
    user_id: str | None
    """The identifier of the user."""


class CodeWhere(TypedDict, total=False):
    """The fields by which ``codes`` are filtered."""

    code_id: TextIs
    code_type: TextIs
    user_id: TextIs
    login_id: TextIs
    connection_id: TextIs
    created_at: InstantIs
    expires_at: InstantIs
    used_at: InstantIs


class ConnectionCreate(TypedDict, total=False):
    """What ``connections`` takes for a new row."""

    name: Required[str]
    """The name of the connection, by which users and requests refer to it."""
    display_name: str | None
    """The name of the connection that is shown to users."""
    strategy: Required[str]
    """The kind of identity provider, such as ``auth0``, ``email`` or ``google-oauth2``."""
    options: ConnectionOptions | ConnectionOptionsDict | Unchecked | None
    """The settings of the connection, which depend on its strategy."""
    enabled_clients: list[str]
    """The identifiers of clients; accepted and never stored, see ``client_connections``."""
    response_type: ResponseType | None
    """The ``response_type`` of authorization requests to the provider."""
    response_mode: ResponseMode | None
    """The ``response_mode`` of authorization requests to the provider."""
    is_domain_connection: bool | None
    """Whether the connection may be used beyond the tenant's own clients."""
    show_as_button: bool | None
    """Whether the sign-in page shows a button for the connection."""
    metadata: Mapping[str, Any] | None
    """Free-form data about the connection."""
    is_system: bool | None
    """Whether the system owns the connection, so that a tenant cannot change it."""
    id: str | None
    """The identifier of the connection; generated if it is omitted."""


class ConnectionUpdate(TypedDict, total=False):
    """What ``connections`` updates."""

    name: str
    """The name of the connection, by which users and requests refer to it."""
    display_name: str | None
    """The name of the connection that is shown to users."""
    strategy: str | None
    """The kind of identity provider, such as ``auth0``, ``email`` or ``google-oauth2``."""
    options: ConnectionOptions | ConnectionOptionsDict | Unchecked
    """The settings of the connection, which depend on its strategy."""
    response_type: ResponseType | None
    """The ``response_type`` of authorization requests to the provider."""
    response_mode: ResponseMode | None
    """The ``response_mode`` of authorization requests to the provider."""
    is_domain_connection: bool | None
    """Whether the connection may be used beyond the tenant's own clients."""
    show_as_button: bool | None
    """Whether the sign-in page shows a button for the connection."""
    metadata: Mapping[str, Any] | None
    """Free-form data about the connection."""
    is_system: bool
    """Whether the system owns the connection, so that a tenant cannot change it."""
    enabled_clients: list[str] | None
    """The identifiers of clients; accepted and never stored, see ``client_connections``."""


class ConnectionWhere(TypedDict, total=False):
    """The fields by which ``connections`` are filtered."""

    id: TextIs
    name: TextIs
    strategy: TextIs
    display_name: TextIs
    is_system: TruthIs


class CustomDomainCreate(TypedDict, total=False):
    """What ``custom_domains`` takes for a new row."""

    domain: Required[str]
    """The host name."""
    type: Required[CustomDomainType]
    """Who manages the TLS certificate of the domain."""
    verification_method: Literal["txt"] | None
    """How the ownership of the domain is proved."""
    custom_client_ip_header: ClientIPHeader | None
    """The HTTP header that has the IP address of the user."""
    domain_metadata: Mapping[str, str] | None
    """Free-form texts about the domain, by key."""
    custom_domain_id: str | None
    """The identifier of the domain; generated if it is omitted."""
    tls_policy: Literal["recommended"] | None
    """The TLS policy of the domain."""


class CustomDomainUpdate(TypedDict, total=False):
    """What ``custom_domains`` updates."""

    type: CustomDomainType
    """Who manages the TLS certificate of the domain."""
    custom_client_ip_header: ClientIPHeader | None
    """The HTTP header that has the IP address of the user."""
    domain_metadata: Mapping[str, str] | None
    """Free-form texts about the domain, by key."""
    tls_policy: Literal["recommended"] | None
    """The TLS policy of the domain."""
    primary: bool
    """Whether this is the tenant's primary domain."""
    status: CustomDomainStatus
    """How far the verification of the domain is."""
    origin_domain_name: str | None
    """The host name to which requests for the domain are forwarded."""
    verification: DomainVerification | DomainVerificationDict | Unchecked | None
    """The ways to prove ownership of the domain."""
    verification_method: Literal["txt"] | None
    """How the ownership of the domain is proved."""


class EmailProviderCreate(TypedDict, total=False):
    """What ``email_providers`` takes for a new row."""

    name: Required[str]
    """The name of the service that delivers e-mail, such as ``mailgun``."""
    enabled: bool
    """Whether the provider is used."""
    default_from_address: str | None
    """The sender of e-mails whose template names none."""
    credentials: Required[Mapping[str, Any]]
    """The credentials at the service."""
    settings: Mapping[str, Any] | None
    """Further settings of the service."""


class EmailProviderUpdate(TypedDict, total=False):
    """What ``email_providers`` updates."""

    name: str
    """The name of the service that delivers e-mail, such as ``mailgun``."""
    enabled: bool
    """Whether the provider is used."""
    default_from_address: str | None
    """The sender of e-mails whose template names none."""
    credentials: Mapping[str, Any]
    """The credentials at the service."""
    settings: Mapping[str, Any]
    """Further settings of the service."""


_EmailTemplateCreate = TypedDict("_EmailTemplateCreate", {"from": str}, total=False)


class EmailTemplateCreate(_EmailTemplateCreate, total=False):
    """What ``email_templates`` takes for a new row."""

    template: Required[EmailTemplateName]
    """The e-mail that the template is for."""
    body: Required[str]
    """The body of the e-mail, in HTML and Liquid."""
    from_: str
    """The sender of the e-mail."""
    subject: Required[str]
    """The subject of the e-mail, in Liquid."""
    syntax: Literal["liquid"]
    """The language of the template."""
    result_url: str | None
    """The address to which the link in the e-mail redirects the user in the end."""
    resultUrl: str | None
    """The address to which the link in the e-mail redirects the user in the end."""
    url_lifetime_in_seconds: int | None
    """The lifetime of the link in the e-mail, in seconds."""
    urlLifetimeInSeconds: int | None
    """The lifetime of the link in the e-mail, in seconds."""
    include_email_in_redirect: bool
    """Whether the redirect has the e-mail address as a parameter."""
    includeEmailInRedirect: bool
    """Whether the redirect has the e-mail address as a parameter."""
    enabled: bool
    """Whether the e-mail is sent."""


_EmailTemplateUpdate = TypedDict("_EmailTemplateUpdate", {"from": str}, total=False)


class EmailTemplateUpdate(_EmailTemplateUpdate, total=False):
    """What ``email_templates`` updates."""

    body: str
    """The body of the e-mail, in HTML and Liquid."""
    from_: str
    """The sender of the e-mail."""
    subject: str
    """The subject of the e-mail, in Liquid."""
    syntax: Literal["liquid"]
    """The language of the template."""
    result_url: str | None
    """The address to which the link in the e-mail redirects the user in the end."""
    resultUrl: str | None
    """The address to which the link in the e-mail redirects the user in the end."""
    url_lifetime_in_seconds: int | None
    """The lifetime of the link in the e-mail, in seconds."""
    urlLifetimeInSeconds: int | None
    """The lifetime of the link in the e-mail, in seconds."""
    include_email_in_redirect: bool
    """Whether the redirect has the e-mail address as a parameter."""
    includeEmailInRedirect: bool
    """Whether the redirect has the e-mail address as a parameter."""
    enabled: bool
    """Whether the e-mail is sent."""


class FlowCreate(TypedDict, total=False):
    """What ``flows`` takes for a new row."""

    name: Required[str]
    """The name of the flow."""
    actions: (
        Sequence[
            UpdateUserAction
            | UpdateUserActionDict
            | Unchecked
            | EmailVerifyAction
            | EmailVerifyActionDict
            | RedirectAction
            | RedirectActionDict
            | GenericFlowAction
            | GenericFlowActionDict
        ]
        | None
    )
    """The actions of the flow, in order."""


class FlowUpdate(TypedDict, total=False):
    """What ``flows`` updates."""

    name: str
    """The name of the flow."""
    actions: (
        Sequence[
            UpdateUserAction
            | UpdateUserActionDict
            | Unchecked
            | EmailVerifyAction
            | EmailVerifyActionDict
            | RedirectAction
            | RedirectActionDict
            | GenericFlowAction
            | GenericFlowActionDict
        ]
        | None
    )
    """The actions of the flow, in order."""


class FlowWhere(TypedDict, total=False):
    """The fields by which ``flows`` are filtered."""

    id: TextIs
    name: TextIs


class FormCreate(TypedDict, total=False):
    """What ``forms`` takes for a new row."""

    name: Required[str]
    """The name of the form."""
    nodes: (
        Sequence[
            FlowNode
            | FlowNodeDict
            | Unchecked
            | RouterNode
            | RouterNodeDict
            | StepNode
            | StepNodeDict
            | ActionNode
            | ActionNodeDict
            | GenericNode
            | GenericNodeDict
        ]
        | None
    )
    """The nodes of the form."""
    start: FormStart | FormStartDict | Unchecked | None
    """How the form begins."""
    ending: FormEnding | FormEndingDict | Unchecked | None
    """How the form ends."""


class FormUpdate(TypedDict, total=False):
    """What ``forms`` updates."""

    name: str
    """The name of the form."""
    nodes: (
        Sequence[
            FlowNode
            | FlowNodeDict
            | Unchecked
            | RouterNode
            | RouterNodeDict
            | StepNode
            | StepNodeDict
            | ActionNode
            | ActionNodeDict
            | GenericNode
            | GenericNodeDict
        ]
        | None
    )
    """The nodes of the form."""
    start: FormStart | FormStartDict | Unchecked | None
    """How the form begins."""
    ending: FormEnding | FormEndingDict | Unchecked | None
    """How the form ends."""


class FormWhere(TypedDict, total=False):
    """The fields by which ``forms`` are filtered."""

    id: TextIs
    name: TextIs


class GrantCreate(TypedDict, total=False):
    """What ``grants`` takes for a new row."""

    user_id: Required[str]
    """The identifier of the user."""
    client_id: str
    """The identifier of the client."""
    clientID: str
    """The identifier of the client."""
    audience: str | None
    """The identifier (audience) of the API."""
    scope: list[str]
    """The scopes that the user has consented to."""


class GrantWhere(TypedDict, total=False):
    """The fields by which ``grants`` are filtered."""

    id: TextIs
    user_id: TextIs
    clientID: TextIs
    audience: TextIs


class HookCodeCreate(TypedDict, total=False):
    """What ``hook_code`` takes for a new row."""

    code: Required[str]
    """The source code, in JavaScript."""
    secrets: Mapping[str, str] | None
    """The secret values that the code may read, by name."""


class HookCodeUpdate(TypedDict, total=False):
    """What ``hook_code`` updates."""

    code: str
    """The source code, in JavaScript."""
    secrets: Mapping[str, str] | None
    """The secret values that the code may read, by name."""


class HookCreate(TypedDict, total=False):
    """What ``hooks`` takes for a new row."""

    trigger_id: Required[TriggerId]
    """The trigger at which the hook runs."""
    enabled: bool
    """Whether the hook runs."""
    synchronous: bool
    """Whether the sign-in waits until the hook has finished."""
    priority: int | None
    """The place of the hook among those of its trigger; the greatest priority comes first."""
    metadata: Mapping[str, Any] | None
    """Free-form data about the hook."""
    url: str | None
    """The address that the hook calls."""
    form_id: str | None
    """The identifier of the form that the hook shows."""
    template_id: HookTemplateId | None
    """The built-in template that the hook runs."""
    code_id: str | None
    """The identifier of the hook code that the hook runs."""
    page_id: Literal["impersonate"] | None
    """The built-in page that the hook shows."""
    permission_required: str | None
    """The permission that a user needs to see the page; allowed only beside ``page_id``."""
    hook_id: str | None
    """The identifier of the hook; generated if it is omitted."""


class HookUpdate(TypedDict, total=False):
    """What ``hooks`` updates."""

    trigger_id: TriggerId
    """The trigger at which the hook runs."""
    enabled: bool
    """Whether the hook runs."""
    synchronous: bool
    """Whether the sign-in waits until the hook has finished."""
    priority: int | None
    """The place of the hook among those of its trigger; the greatest priority comes first."""
    metadata: Mapping[str, Any] | None
    """Free-form data about the hook."""
    url: str | None
    """The address that the hook calls."""
    form_id: str | None
    """The identifier of the form that the hook shows."""
    template_id: HookTemplateId | None
    """The built-in template that the hook runs."""
    code_id: str | None
    """The identifier of the hook code that the hook runs."""
    page_id: Literal["impersonate"] | None
    """The built-in page that the hook shows."""
    permission_required: str | None
    """The permission that a user needs to see the page; allowed only beside ``page_id``."""


class HookWhere(TypedDict, total=False):
    """The fields by which ``hooks`` are filtered."""

    hook_id: TextIs
    trigger_id: TextIs
    enabled: TruthIs
    synchronous: TruthIs
    url: TextIs
    form_id: TextIs
    template_id: TextIs
    code_id: TextIs
    page_id: TextIs


class ImportMetadataDict(TypedDict, total=False):
    """What an import keeps of a row from elsewhere."""

    id: str | None
    """The identifier that the row keeps; generated if it is omitted."""
    created_at: Instant | None
    """When the row was created; now if it is omitted."""
    updated_at: Instant | None
    """When the row was last changed; ``created_at`` if it is omitted."""


class InviteCreate(TypedDict, total=False):
    """What ``invites`` takes for a new row."""

    organization_id: Required[str]
    """The identifier of the organization."""
    inviter: Required[Inviter | InviterDict | Unchecked]
    """The person who invites."""
    invitee: Required[Invitee | InviteeDict | Unchecked]
    """The person who is invited."""
    invitation_url: Required[str]
    """The address by which the invitation is accepted; it contains the ticket."""
    client_id: Required[str]
    """The identifier of the client that the user signs in to."""
    connection_id: str | None
    """The identifier of the connection that the user has to sign in by."""
    app_metadata: Mapping[str, Any] | None
    """The ``app_metadata`` that the user gets."""
    user_metadata: Mapping[str, Any] | None
    """The ``user_metadata`` that the user gets."""
    ttl_sec: int | None
    """The lifetime of the invitation, in seconds."""
    roles: list[str] | None
    """The identifiers of the roles that the user gets in the organization."""
    send_invitation_email: bool | None
    """Whether the invitation is sent by e-mail."""
    id: str | None
    """The identifier of the invitation; generated if it is omitted."""


class InviteUpdate(TypedDict, total=False):
    """What ``invites`` updates."""

    organization_id: str
    """The identifier of the organization."""
    inviter: Inviter | InviterDict | Unchecked
    """The person who invites."""
    invitee: Invitee | InviteeDict | Unchecked
    """The person who is invited."""
    invitation_url: str
    """The address by which the invitation is accepted; it contains the ticket."""
    client_id: str
    """The identifier of the client that the user signs in to."""
    connection_id: str | None
    """The identifier of the connection that the user has to sign in by."""
    app_metadata: Mapping[str, Any] | None
    """The ``app_metadata`` that the user gets."""
    user_metadata: Mapping[str, Any] | None
    """The ``user_metadata`` that the user gets."""
    ttl_sec: int | None
    """The lifetime of the invitation, in seconds."""
    roles: list[str] | None
    """The identifiers of the roles that the user gets in the organization."""
    send_invitation_email: bool | None
    """Whether the invitation is sent by e-mail."""
    expires_at: Instant
    """When the invitation expires."""
    ticket_id: str | None
    """The ticket by which the invitation is accepted."""


class InviteWhere(TypedDict, total=False):
    """The fields by which ``invites`` are filtered."""

    id: TextIs
    organization_id: TextIs
    client_id: TextIs
    created_at: InstantIs
    expires_at: InstantIs


class LogCreate(TypedDict, total=False):
    """What ``logs`` takes for a new row."""

    type: Required[str]
    """The type of event, as one of Auth0's codes, such as ``s`` for a successful sign-in."""
    date: Required[Instant]
    """When the event happened."""
    description: str | None
    """A sentence about the event; cut if it is too long."""
    ip: str | None
    """The IP address from which the request came."""
    user_agent: str | None
    """The ``User-Agent`` header of the request; cut if it is too long."""
    details: Any
    """Further data about the event; cut if it is too long."""
    is_mobile: bool
    """Whether the request came from a mobile device."""
    isMobile: bool
    """Whether the request came from a mobile device."""
    user_id: str | None
    """The identifier of the user."""
    user_name: str | None
    """The name of the user."""
    connection: str | None
    """The name of the connection."""
    connection_id: str | None
    """The identifier of the connection."""
    client_id: str | None
    """The identifier of the client."""
    client_name: str | None
    """The name of the client."""
    audience: str | None
    """The API that a token was requested for."""
    scope: str | None
    """The scopes that were requested, separated by spaces."""
    strategy: str | None
    """The strategy of the connection, such as ``auth0`` or ``google-oauth2``."""
    strategy_type: str | None
    """The kind of the strategy, such as ``database`` or ``social``."""
    hostname: str | None
    """The host name that the request was sent to."""
    auth0_client: Auth0Client | Auth0ClientDict | Unchecked | None
    """The software that sent the request, from its ``Auth0-Client`` header."""
    location_info: LocationInfoInsert | LocationInfoInsertDict | Unchecked | None
    """Where the IP address is."""
    log_id: str | None
    """The identifier of the log entry; generated if it is omitted."""


class LogStreamCreate(TypedDict, total=False):
    """What ``log_streams`` takes for a new row."""

    name: Required[str]
    """The name of the log stream."""
    type: Required[LogStreamType]
    """The service that receives the log."""
    sink: Required[Mapping[str, Any]]
    """The address and the credentials of the service."""
    filters: Sequence[LogStreamFilter | LogStreamFilterDict | Unchecked] | None
    """Which log entries are sent; all if it is absent."""
    is_priority: bool | None
    """Whether the log stream is delivered before others."""
    isPriority: bool | None
    """Whether the log stream is delivered before others."""
    status: LogStreamStatus | None
    """Whether the log stream is active, paused or suspended."""


class LogStreamUpdate(TypedDict, total=False):
    """What ``log_streams`` updates."""

    name: str
    """The name of the log stream."""
    type: LogStreamType
    """The service that receives the log."""
    sink: Mapping[str, Any]
    """The address and the credentials of the service."""
    filters: Sequence[LogStreamFilter | LogStreamFilterDict | Unchecked] | None
    """Which log entries are sent; all if it is absent."""
    is_priority: bool | None
    """Whether the log stream is delivered before others."""
    isPriority: bool | None
    """Whether the log stream is delivered before others."""
    status: LogStreamStatus
    """Whether the log stream is active, paused or suspended."""


class LogWhere(TypedDict, total=False):
    """The fields by which ``logs`` are filtered."""

    user_id: TextIs
    ip: TextIs
    type: TextIs
    date: InstantIs
    client_id: TextIs
    client_name: TextIs
    user_agent: TextIs
    description: TextIs
    user_name: TextIs
    connection: TextIs
    connection_id: TextIs
    audience: TextIs
    scope: TextIs
    strategy: TextIs
    strategy_type: TextIs
    hostname: TextIs
    log_id: TextIs
    session_connection: TextIs
    country_code: TextIs
    city_name: TextIs
    latitude: TextIs
    longitude: TextIs
    time_zone: TextIs
    continent_code: TextIs


class LoginSessionCreate(TypedDict, total=False):
    """What ``login_sessions`` takes for a new row."""

    csrf_token: Required[str]
    """The token that protects the sign-in's forms against forged requests."""
    auth0_client: str | None
    """The software that started the sign-in, from its ``auth0Client`` parameter."""
    auth0Client: str | None
    """The software that started the sign-in, from its ``auth0Client`` parameter."""
    auth_params: AuthParams | AuthParamsDict | Unchecked
    """The authorization request."""
    authParams: AuthParams | AuthParamsDict | Unchecked
    """The authorization request."""
    deleted_at: Instant | None
    """When the login session was deleted."""
    ip: str | None
    """The IP address of the user."""
    useragent: str | None
    """The ``User-Agent`` header of the user's browser."""
    session_id: str | None
    """The identifier of the session that the sign-in led to."""
    authorization_url: str | None
    """The address of the authorization request; cut if it is too long."""
    state: LoginSessionState | None
    """How far the sign-in is, and how it ended."""
    state_data: str | None
    """Data of the state, as JSON text."""
    failure_reason: str | None
    """Why the sign-in failed."""
    user_id: str | None
    """The identifier of the user, once known."""
    auth_connection: str | None
    """The name of the connection by which the user authenticated."""
    auth_strategy: AuthStrategy | AuthStrategyDict | Unchecked | None
    """The strategy by which the user authenticated."""
    authenticated_at: Instant | None
    """When the user authenticated."""
    expires_at: Instant | None
    """When the login session expires; 24 hours after its creation if it is omitted."""


class LoginSessionUpdate(TypedDict, total=False):
    """What ``login_sessions`` updates."""

    csrf_token: str | None
    """The token that protects the sign-in's forms against forged requests."""
    auth0_client: str | None
    """The software that started the sign-in, from its ``auth0Client`` parameter."""
    auth0Client: str | None
    """The software that started the sign-in, from its ``auth0Client`` parameter."""
    auth_params: AuthParamsUpdate | Unchecked | None
    """The authorization request."""
    authParams: AuthParamsUpdate | Unchecked | None
    """The authorization request."""
    ip: str | None
    """The IP address of the user."""
    useragent: str | None
    """The ``User-Agent`` header of the user's browser."""
    session_id: str | None
    """The identifier of the session that the sign-in led to."""
    authorization_url: str | None
    """The address of the authorization request; cut if it is too long."""
    state: LoginSessionState | None
    """How far the sign-in is, and how it ended."""
    state_data: str | None
    """Data of the state, as JSON text."""
    failure_reason: str | None
    """Why the sign-in failed."""
    user_id: str | None
    """The identifier of the user, once known."""
    auth_connection: str | None
    """The name of the connection by which the user authenticated."""
    auth_strategy: AuthStrategy | AuthStrategyDict | Unchecked | None
    """The strategy by which the user authenticated."""
    authenticated_at: Instant | None
    """When the user authenticated."""
    expires_at: Instant | None
    """When the login session expires; 24 hours after its creation if it is omitted."""
    deleted_at: Instant | None
    """When the login session was deleted."""


class MigrationSourceCreate(TypedDict, total=False):
    """What ``migration_sources`` takes for a new row."""

    name: Required[str]
    """The name of the migration source."""
    provider: Required[MigrationProviderType]
    """The software of the other server."""
    connection: Required[str]
    """The connection that the users are imported into."""
    enabled: bool
    """Whether users are imported."""
    credentials: Required[MigrationSourceCredentials | MigrationSourceCredentialsDict | Unchecked]
    """The credentials at the other server."""
    id: str | None
    """The identifier of the migration source; generated if it is omitted."""


class MigrationSourceUpdate(TypedDict, total=False):
    """What ``migration_sources`` updates."""

    name: str
    """The name of the migration source."""
    provider: MigrationProviderType
    """The software of the other server."""
    connection: str
    """The connection that the users are imported into."""
    enabled: bool
    """Whether users are imported."""
    credentials: MigrationSourceCredentials | MigrationSourceCredentialsDict | Unchecked
    """The credentials at the other server."""


class OrganizationConnectionCreate(TypedDict, total=False):
    """What ``organization_connections`` takes for a new row."""

    connection_id: Required[str]
    """The identifier of the connection."""
    assign_membership_on_login: bool
    """Whether users become members when they sign in by the connection."""
    show_as_button: bool
    """Whether the organization's sign-in page shows a button for the connection."""
    is_signup_enabled: bool
    """Whether users may sign up by the connection."""


class OrganizationConnectionUpdate(TypedDict, total=False):
    """What ``organization_connections`` updates."""

    assign_membership_on_login: bool
    """Whether users become members when they sign in by the connection."""
    show_as_button: bool
    """Whether the organization's sign-in page shows a button for the connection."""
    is_signup_enabled: bool
    """Whether users may sign up by the connection."""


class OrganizationCreate(TypedDict, total=False):
    """What ``organizations`` takes for a new row."""

    name: Required[str]
    """The name of the organization, unique in the tenant."""
    display_name: str | None
    """The name of the organization that is shown to users."""
    branding: OrganizationBranding | OrganizationBrandingDict | Unchecked | None
    """How the organization's pages look."""
    metadata: Mapping[str, Any] | None
    """Free-form data about the organization."""
    enabled_connections: Sequence[OrganizationEnabledConnection | OrganizationEnabledConnectionDict | Unchecked] | None
    """The connections that the organization is created with."""
    token_quota: OrganizationTokenQuota | OrganizationTokenQuotaDict | Unchecked | None
    """The number of tokens that may be issued for the organization."""
    id: str | None
    """The identifier of the organization; generated if it is omitted."""


class OrganizationUpdate(TypedDict, total=False):
    """What ``organizations`` updates."""

    name: str
    """The name of the organization, unique in the tenant."""
    display_name: str | None
    """The name of the organization that is shown to users."""
    branding: OrganizationBranding | OrganizationBrandingDict | Unchecked | None
    """How the organization's pages look."""
    metadata: Mapping[str, Any] | None
    """Free-form data about the organization."""
    enabled_connections: Sequence[OrganizationEnabledConnection | OrganizationEnabledConnectionDict | Unchecked] | None
    """The connections that the organization is created with."""
    token_quota: OrganizationTokenQuota | OrganizationTokenQuotaDict | Unchecked | None
    """The number of tokens that may be issued for the organization."""


class OrganizationWhere(TypedDict, total=False):
    """The fields by which ``organizations`` are filtered."""

    name: TextIs
    display_name: TextIs


class PasswordCreate(TypedDict, total=False):
    """What ``passwords`` takes for a new row."""

    user_id: Required[str]
    """The identifier of the user."""
    password: Required[str]
    """The hash of the password."""
    algorithm: PasswordAlgorithm
    """The algorithm of the hash."""
    is_current: bool
    """Whether this is the user's current password."""
    id: str | None
    """The identifier of the password; generated if it is omitted."""


class PasswordUpdate(TypedDict, total=False):
    """What ``passwords`` updates."""

    user_id: str
    """The identifier of the user."""
    password: str
    """The hash of the password."""
    algorithm: PasswordAlgorithm
    """The algorithm of the hash."""
    is_current: bool
    """Whether this is the user's current password."""


class PromptSettingUpdate(TypedDict, total=False):
    """What ``prompt_settings`` updates."""

    universal_login_experience: UniversalLoginExperience
    """Which sign-in pages are shown."""
    identifier_first: bool
    """Whether the user is asked for the identifier on a page of its own, before the password."""
    password_first: bool
    """Whether a password is asked for before other methods are offered."""
    show_last_used_connection: bool | None
    """Whether the page marks the connection that was last used on the device."""
    webauthn_platform_first_factor: bool
    """Whether the device's own biometrics may take the place of the password."""


class ProxyRouteCreate(TypedDict, total=False):
    """What ``proxy_routes`` takes for a new row."""

    custom_domain_id: Required[str]
    """The identifier of the custom domain."""
    priority: int
    """The place of the route among those of its domain; the lowest priority comes first."""
    match: Required[Match | MatchDict | Unchecked]
    """The requests that the route serves."""
    handlers: Required[Sequence[HandlerConfig | HandlerConfigDict | Unchecked]]
    """What is done with a request, in order."""
    id: str | None
    """The identifier of the route; generated if it is omitted."""


class ProxyRouteUpdate(TypedDict, total=False):
    """What ``proxy_routes`` updates."""

    custom_domain_id: str
    """The identifier of the custom domain."""
    priority: int
    """The place of the route among those of its domain; the lowest priority comes first."""
    match: Match | MatchDict | Unchecked
    """The requests that the route serves."""
    handlers: Sequence[HandlerConfig | HandlerConfigDict | Unchecked]
    """What is done with a request, in order."""


class RefreshTokenCreate(TypedDict, total=False):
    """What ``refresh_tokens`` takes for a new row."""

    id: Required[str]
    """The identifier of the refresh token."""
    login_id: Required[str]
    """The identifier of the login session that the refresh token began with."""
    user_id: Required[str]
    """The identifier of the user."""
    client_id: Required[str]
    """The identifier of the client."""
    expires_at: Instant | None
    """When the refresh token expires, however much it is used; absent if it does not."""
    idle_expires_at: Instant | None
    """When the refresh token expires unless it is used; absent if it does not."""
    last_exchanged_at: Instant | None
    """When the refresh token was last exchanged."""
    device: Required[Device | DeviceDict | Unchecked]
    """The device on which the user signed in."""
    resource_servers: Required[Sequence[GrantedResourceServer | GrantedResourceServerDict | Unchecked]]
    """The APIs that the refresh token gives access to."""
    rotating: Required[bool]
    """Whether each exchange replaces the refresh token with a new one."""
    token_lookup: str | None
    """The part of the token by which it is found."""
    token_hash: str | None
    """The hash of the token, which proves its possession."""
    family_id: str | None
    """The identifier that the successors of a refresh token share with it."""
    rotated_to: str | None
    """The identifier of the successor."""
    rotated_at: Instant | None
    """When the refresh token was replaced by its successor."""


class RefreshTokenUpdate(TypedDict, total=False):
    """What ``refresh_tokens`` updates."""

    login_id: str
    """The identifier of the login session that the refresh token began with."""
    user_id: str | None
    """The identifier of the user."""
    client_id: str
    """The identifier of the client."""
    expires_at: Instant | None
    """When the refresh token expires, however much it is used; absent if it does not."""
    idle_expires_at: Instant | None
    """When the refresh token expires unless it is used; absent if it does not."""
    last_exchanged_at: Instant | None
    """When the refresh token was last exchanged."""
    device: Device | DeviceDict | Unchecked
    """The device on which the user signed in."""
    resource_servers: Sequence[GrantedResourceServer | GrantedResourceServerDict | Unchecked]
    """The APIs that the refresh token gives access to."""
    rotating: bool
    """Whether each exchange replaces the refresh token with a new one."""
    token_lookup: str | None
    """The part of the token by which it is found."""
    token_hash: str | None
    """The hash of the token, which proves its possession."""
    family_id: str | None
    """The identifier that the successors of a refresh token share with it."""
    rotated_to: str | None
    """The identifier of the successor."""
    rotated_at: Instant | None
    """When the refresh token was replaced by its successor."""
    revoked_at: Instant | None
    """When the refresh token was revoked."""


class RefreshTokenWhere(TypedDict, total=False):
    """The fields by which ``refresh_tokens`` are filtered."""

    id: TextIs
    user_id: TextIs
    client_id: TextIs
    login_id: TextIs
    family_id: TextIs
    rotating: TruthIs
    created_at: InstantIs
    expires_at: InstantIs
    revoked_at: InstantIs


class ResourceServerCreate(TypedDict, total=False):
    """What ``resource_servers`` takes for a new row."""

    name: Required[str]
    """The name of the API."""
    identifier: Required[str]
    """The identifier of the API, which tokens have as their audience; unique in the tenant."""
    scopes: Sequence[ResourceServerScope | ResourceServerScopeDict | Unchecked] | None
    """The scopes of the API."""
    signing_alg: str | None
    """The algorithm that signs access tokens, such as ``RS256``."""
    signing_secret: str | None
    """The secret that signs access tokens, with a symmetric algorithm."""
    token_lifetime: int | float | None
    """The lifetime of access tokens, in seconds."""
    token_lifetime_for_web: int | float | None
    """The lifetime of access tokens that a browser receives from the authorization endpoint, in seconds."""
    skip_consent_for_verifiable_first_party_clients: bool | None
    """Whether users need not give their consent to verifiable first-party clients."""
    allow_offline_access: bool | None
    """Whether refresh tokens may be issued for the API."""
    verification_key: str | None
    """The key that verifies access tokens."""
    verificationKey: str | None
    """The key that verifies access tokens."""
    options: ResourceServerOptions | ResourceServerOptionsDict | Unchecked | None
    """How tokens for the API are made."""
    is_system: bool | None
    """Whether the system owns the API, so that a tenant cannot change it."""
    metadata: Mapping[str, Any] | None
    """Free-form data about the API."""
    id: str | None
    """The identifier of the resource server; generated if it is omitted."""


class ResourceServerUpdate(TypedDict, total=False):
    """What ``resource_servers`` updates."""

    name: str
    """The name of the API."""
    identifier: str
    """The identifier of the API, which tokens have as their audience; unique in the tenant."""
    scopes: Sequence[ResourceServerScope | ResourceServerScopeDict | Unchecked] | None
    """The scopes of the API."""
    signing_alg: str | None
    """The algorithm that signs access tokens, such as ``RS256``."""
    signing_secret: str | None
    """The secret that signs access tokens, with a symmetric algorithm."""
    token_lifetime: int | float | None
    """The lifetime of access tokens, in seconds."""
    token_lifetime_for_web: int | float | None
    """The lifetime of access tokens that a browser receives from the authorization endpoint, in seconds."""
    skip_consent_for_verifiable_first_party_clients: bool | None
    """Whether users need not give their consent to verifiable first-party clients."""
    allow_offline_access: bool | None
    """Whether refresh tokens may be issued for the API."""
    verification_key: str | None
    """The key that verifies access tokens."""
    verificationKey: str | None
    """The key that verifies access tokens."""
    options: ResourceServerOptions | ResourceServerOptionsDict | Unchecked | None
    """How tokens for the API are made."""
    is_system: bool
    """Whether the system owns the API, so that a tenant cannot change it."""
    metadata: Mapping[str, Any] | None
    """Free-form data about the API."""


class ResourceServerWhere(TypedDict, total=False):
    """The fields by which ``resource_servers`` are filtered."""

    id: TextIs
    name: TextIs
    identifier: TextIs
    is_system: TruthIs


class RoleCreate(TypedDict, total=False):
    """What ``roles`` takes for a new row."""

    name: Required[str]
    """The name of the role, unique in the tenant."""
    description: str | None
    """A description of the role."""
    is_system: bool | None
    """Whether the system owns the role, so that a tenant cannot change it."""
    metadata: Mapping[str, Any] | None
    """Free-form data about the role."""
    id: str | None
    """The identifier of the role; generated if it is omitted."""


class RolePermissionCreate(TypedDict, total=False):
    """What ``role_permissions`` takes for a new row."""

    role_id: str
    """The identifier of the role."""
    resource_server_identifier: Required[str]
    """The identifier (audience) of the API."""
    permission_name: Required[str]
    """The name of the permission, which is a scope of the API."""


class RoleUpdate(TypedDict, total=False):
    """What ``roles`` updates."""

    name: str
    """The name of the role, unique in the tenant."""
    description: str | None
    """A description of the role."""
    is_system: bool
    """Whether the system owns the role, so that a tenant cannot change it."""
    metadata: Mapping[str, Any] | None
    """Free-form data about the role."""


class RoleWhere(TypedDict, total=False):
    """The fields by which ``roles`` are filtered."""

    id: TextIs
    name: TextIs
    is_system: TruthIs
    description: TextIs
    created_at: InstantIs
    updated_at: InstantIs


class RolloutCreate(TypedDict, total=False):
    """What ``rollouts`` takes for a new row."""

    kind: Required[RolloutKind]
    """What is done to the tenants."""
    target_worker_version: str | None
    """The version of the worker that the tenants get."""
    target_database_version: str | None
    """The version of the database that the tenants get."""
    wave_size: int
    """The number of tenants that are operated on at once."""
    canary_tenant_ids: list[str] | None
    """The identifiers of the tenants that come first."""
    filter: Mapping[str, Any] | None
    """Which tenants the rollout covers."""
    initiated_by: str | None
    """Who started the rollout."""


class RolloutUpdate(TypedDict, total=False):
    """What ``rollouts`` updates."""

    kind: RolloutKind
    """What is done to the tenants."""
    target_worker_version: str | None
    """The version of the worker that the tenants get."""
    target_database_version: str | None
    """The version of the database that the tenants get."""
    wave_size: int
    """The number of tenants that are operated on at once."""
    canary_tenant_ids: list[str] | None
    """The identifiers of the tenants that come first."""
    filter: Mapping[str, Any] | None
    """Which tenants the rollout covers."""
    initiated_by: str | None
    """Who started the rollout."""
    status: RolloutStatus
    """How far the rollout is, and how it ended."""
    finished_at: Instant | None
    """When the rollout ended."""


class ScimConfigurationCreate(TypedDict, total=False):
    """What ``scim_configurations`` takes for a new row."""

    connection_id: Required[str]
    """The identifier of the connection."""
    user_id_attribute: str
    """The SCIM attribute that identifies a user."""
    mapping: Sequence[ScimMappingEntry | ScimMappingEntryDict | Unchecked]
    """The field that each SCIM attribute is stored in."""


class ScimConfigurationUpdate(TypedDict, total=False):
    """What ``scim_configurations`` updates."""

    user_id_attribute: str
    """The SCIM attribute that identifies a user."""
    mapping: Sequence[ScimMappingEntry | ScimMappingEntryDict | Unchecked]
    """The field that each SCIM attribute is stored in."""


class ScimExternalIdCreate(TypedDict, total=False):
    """What ``scim_external_ids`` takes for a new row."""

    connection_id: Required[str]
    """The identifier of the connection."""
    external_id: Required[str]
    """The identifier that the directory gave the user (SCIM: ``externalId``)."""
    user_id: Required[str]
    """The identifier of the user."""


class ScimTokenCreate(TypedDict, total=False):
    """What ``scim_tokens`` takes for a new row."""

    token_id: Required[str]
    """The identifier of the token."""
    connection_id: Required[str]
    """The identifier of the connection."""
    token_hash: Required[str]
    """The hash of the token."""
    scopes: list[str]
    """The scopes of the token."""
    valid_until: Instant | None
    """When the token expires; absent if it does not."""


class SessionCreate(TypedDict, total=False):
    """What ``sessions`` takes for a new row."""

    id: Required[str]
    """The identifier of the session."""
    revoked_at: Instant | None
    """When the session was revoked."""
    used_at: Instant | None
    """When the session was last used."""
    user_id: Required[str]
    """The identifier of the user."""
    expires_at: Instant | None
    """When the session expires, however much it is used; absent if it does not."""
    login_session_id: Required[str]
    """The identifier of the login session that the session began with."""
    idle_expires_at: Instant | None
    """When the session expires unless it is used; absent if it does not."""
    device: Required[Device | DeviceDict | Unchecked]
    """The device on which the user signed in."""
    clients: Required[list[str]]
    """The identifiers of the clients that the user has signed in to."""


class SessionUpdate(TypedDict, total=False):
    """What ``sessions`` updates."""

    revoked_at: Instant | None
    """When the session was revoked."""
    used_at: Instant | None
    """When the session was last used."""
    user_id: str | None
    """The identifier of the user."""
    expires_at: Instant | None
    """When the session expires, however much it is used; absent if it does not."""
    login_session_id: str | None
    """The identifier of the login session that the session began with."""
    idle_expires_at: Instant | None
    """When the session expires unless it is used; absent if it does not."""
    device: Device | DeviceDict | Unchecked
    """The device on which the user signed in."""
    clients: list[str]
    """The identifiers of the clients that the user has signed in to."""
    authenticated_at: Instant | None
    """When the user authenticated."""
    last_interaction_at: Instant | None
    """When the user last interacted with the server."""


class SessionWhere(TypedDict, total=False):
    """The fields by which ``sessions`` are filtered."""

    id: TextIs
    user_id: TextIs
    login_session_id: TextIs
    created_at: InstantIs
    expires_at: InstantIs
    revoked_at: InstantIs
    used_at: InstantIs


class SigningKeyCreate(TypedDict, total=False):
    """What ``keys`` takes for a new row."""

    kid: Required[str]
    """The key identifier (JOSE: ``kid``)."""
    tenant_id: str | None
    """The tenant that the key belongs to; absent if all tenants share it."""
    cert: Required[str]
    """The X.509 certificate of the key, in PEM format."""
    fingerprint: Required[str]
    """The fingerprint of the certificate."""
    thumbprint: Required[str]
    """The thumbprint of the certificate (JOSE: ``x5t``)."""
    pkcs7: str | None
    """The private key, in PEM format."""
    current: bool | None
    """Whether the key signs now."""
    next: bool | None
    """Whether the key will sign after the next rotation."""
    previous: bool | None
    """Whether the key signed before the last rotation."""
    current_since: Instant | None
    """When the key became the current one."""
    current_until: Instant | None
    """When the key ceased to be the current one."""
    revoked: bool | None
    """Whether the key is revoked."""
    revoked_at: Instant | None
    """When the key was revoked."""
    connection: str | None
    """The identifier of the connection that the key belongs to."""
    type: Required[SigningKeyType]
    """What the key is used for."""


class SigningKeyUpdate(TypedDict, total=False):
    """What ``keys`` updates."""

    cert: str | None
    """The X.509 certificate of the key, in PEM format."""
    fingerprint: str | None
    """The fingerprint of the certificate."""
    thumbprint: str | None
    """The thumbprint of the certificate (JOSE: ``x5t``)."""
    pkcs7: str | None
    """The private key, in PEM format."""
    current_since: Instant | None
    """When the key became the current one."""
    current_until: Instant | None
    """When the key ceased to be the current one."""
    revoked_at: Instant | None
    """When the key was revoked."""
    connection: str | None
    """The identifier of the connection that the key belongs to."""
    type: SigningKeyType
    """What the key is used for."""
    current: bool | None
    """Whether the key signs now."""
    next: bool | None
    """Whether the key will sign after the next rotation."""
    previous: bool | None
    """Whether the key signed before the last rotation."""
    revoked: bool | None
    """Whether the key is revoked."""


class SigningKeyWhere(TypedDict, total=False):
    """The fields by which ``signingKeys`` are filtered."""

    kid: TextIs
    type: TextIs
    tenant_id: TextIs
    connection: TextIs
    fingerprint: TextIs
    thumbprint: TextIs
    current_since: InstantIs
    revoked_at: InstantIs


class TenantCreate(TypedDict, total=False):
    """What ``tenants`` takes for a new row."""

    audience: str | None
    """The audience of the tenant's own API."""
    friendly_name: Required[str]
    """The name of the tenant that is shown to users."""
    picture_url: str | None
    """The address of the tenant's logo."""
    support_email: str | None
    """The e-mail address of the support."""
    support_url: str | None
    """The address of the support's page."""
    sender_email: str | None
    """The e-mail address that e-mails are sent from."""
    sender_name: str | None
    """The name that e-mails are sent from."""
    session_lifetime: int | None
    """The lifetime of a session, in hours."""
    idle_session_lifetime: int | None
    """The lifetime of a session that is not used, in hours."""
    ephemeral_session_lifetime: int | None
    """The lifetime of a non-persistent session, in hours."""
    idle_ephemeral_session_lifetime: int | None
    """The lifetime of a non-persistent session that is not used, in hours."""
    session_cookie: SessionCookie | SessionCookieDict | Unchecked | None
    """The settings of the session cookie."""
    allowed_logout_urls: list[str] | None
    """The addresses to which users may be redirected after they have signed out."""
    default_redirection_uri: str | None
    """The address to which users are redirected when the request names no client."""
    default_client_id: str | None
    """The identifier of the client that is used when a request names none."""
    enabled_locales: list[str] | None
    """The languages of the pages, the default one first."""
    default_directory: str | None
    """The name of the connection that the resource-owner password grant uses."""
    error_page: ErrorPage | ErrorPageDict | Unchecked | None
    """The page that shows errors."""
    flags: TenantFlags | TenantFlagsDict | Unchecked | None
    """What is switched on and off."""
    sandbox_version: str | None
    """The version of the sandbox that runs custom code."""
    legacy_sandbox_version: str | None
    """The version of the sandbox that runs legacy custom code."""
    sandbox_versions_available: list[str] | None
    """The versions of the sandbox from which the tenant may choose."""
    change_password: CustomPage | CustomPageDict | Unchecked | None
    """The page on which users change their password."""
    guardian_mfa_page: CustomPage | CustomPageDict | Unchecked | None
    """The page on which users are asked for a second factor."""
    device_flow: DeviceFlowInsert | DeviceFlowInsertDict | Unchecked | None
    """The settings of the device authorization grant (RFC 8628)."""
    default_token_quota: DefaultTokenQuota | DefaultTokenQuotaDict | Unchecked | None
    """The quotas of clients and organizations without one of their own."""
    default_audience: str | None
    """The API that tokens are issued for when a request names none."""
    default_organization: str | None
    """The organization that is used when a request names none."""
    sessions: TenantSessions | TenantSessionsDict | Unchecked | None
    """The settings of sessions."""
    oidc_logout: TenantOidcLogout | TenantOidcLogoutDict | Unchecked | None
    """The settings of OpenID Connect logout."""
    allow_organization_name_in_authentication_api: bool | None
    """Whether the Authentication API accepts the name of an organization, beside its identifier."""
    customize_mfa_in_postlogin_action: bool | None
    """Whether an action after the sign-in decides about the second factor."""
    acr_values_supported: list[str] | None
    """The authentication context classes that the tenant supports."""
    mtls: Mtls | MtlsDict | Unchecked | None
    """The settings of mutual TLS."""
    pushed_authorization_requests_supported: bool | None
    """Whether pushed authorization requests are supported (RFC 9126)."""
    authorization_response_iss_parameter_supported: bool | None
    """Whether authorization responses contain ``iss`` (RFC 9207)."""
    deployment_type: DeploymentType
    """Whether the tenant shares its deployment or has one of its own."""
    provisioning_state: ProvisioningState
    """How far the provisioning of the tenant is."""
    provisioning_error: str | None
    """Why the provisioning failed."""
    provisioning_state_changed_at: Instant | None
    """When ``provisioning_state`` was last changed."""
    bundle_configuration: str | None
    """The configuration of the tenant's bundle."""
    worker_version: str | None
    """The version of the tenant's worker."""
    database_version: str | None
    """The version of the tenant's database."""
    worker_script_name: str | None
    """The name of the tenant's worker script."""
    storage_kind: StorageKind | None
    """Where the tenant's data is stored."""
    d1_database_id: str | None
    """The identifier of the tenant's D1 database."""
    attack_protection: AttackProtection | AttackProtectionDict | Unchecked | None
    """How the tenant protects itself against attacks."""
    mfa: TenantMfa | TenantMfaDict | Unchecked | None
    """The settings of multi-factor authentication."""
    id: str | None
    """The identifier of the tenant; generated if it is omitted."""


class TenantOperationCreate(TypedDict, total=False):
    """What ``tenant_operations`` takes for a new row."""

    tenant_id: str | None
    """The tenant that is operated on."""
    rollout_id: str | None
    """The identifier of the rollout that the operation belongs to."""
    kind: Required[TenantOperationKind]
    """What is done to the tenant."""
    engine: Required[TenantOperationEngine]
    """What runs the operation."""
    engine_instance_id: str | None
    """The identifier of the operation in its engine."""
    target_worker_version: str | None
    """The version of the worker that the tenant gets."""
    target_database_version: str | None
    """The version of the database that the tenant gets."""
    initiated_by: str | None
    """Who started the operation."""


class TenantOperationEventCreate(TypedDict, total=False):
    """What ``tenant_operation_events`` takes for a new row."""

    operation_id: Required[str]
    """The identifier of the operation."""
    step: Required[str]
    """The step of the operation."""
    outcome: Required[TenantOperationEventOutcome]
    """What happened in the step."""
    detail: Mapping[str, Any] | None
    """Further data about the event."""
    attempt: int
    """The number of the attempt at the step."""


class TenantOperationUpdate(TypedDict, total=False):
    """What ``tenant_operations`` updates."""

    rollout_id: str | None
    """The identifier of the rollout that the operation belongs to."""
    kind: TenantOperationKind
    """What is done to the tenant."""
    engine: TenantOperationEngine
    """What runs the operation."""
    engine_instance_id: str | None
    """The identifier of the operation in its engine."""
    target_worker_version: str | None
    """The version of the worker that the tenant gets."""
    target_database_version: str | None
    """The version of the database that the tenant gets."""
    initiated_by: str | None
    """Who started the operation."""
    status: TenantOperationStatus
    """How far the operation is, and how it ended."""
    current_step: str | None
    """The step that the operation is at."""
    error: str | None
    """Why the operation failed."""
    finished_at: Instant | None
    """When the operation ended."""


class TenantUpdate(TypedDict, total=False):
    """What ``tenants`` updates."""

    audience: str | None
    """The audience of the tenant's own API."""
    friendly_name: str | None
    """The name of the tenant that is shown to users."""
    picture_url: str | None
    """The address of the tenant's logo."""
    support_email: str | None
    """The e-mail address of the support."""
    support_url: str | None
    """The address of the support's page."""
    sender_email: str | None
    """The e-mail address that e-mails are sent from."""
    sender_name: str | None
    """The name that e-mails are sent from."""
    session_lifetime: int | None
    """The lifetime of a session, in hours."""
    idle_session_lifetime: int | None
    """The lifetime of a session that is not used, in hours."""
    ephemeral_session_lifetime: int | None
    """The lifetime of a non-persistent session, in hours."""
    idle_ephemeral_session_lifetime: int | None
    """The lifetime of a non-persistent session that is not used, in hours."""
    session_cookie: SessionCookie | SessionCookieDict | Unchecked | None
    """The settings of the session cookie."""
    allowed_logout_urls: list[str] | None
    """The addresses to which users may be redirected after they have signed out."""
    default_redirection_uri: str | None
    """The address to which users are redirected when the request names no client."""
    default_client_id: str | None
    """The identifier of the client that is used when a request names none."""
    enabled_locales: list[str] | None
    """The languages of the pages, the default one first."""
    default_directory: str | None
    """The name of the connection that the resource-owner password grant uses."""
    error_page: ErrorPage | ErrorPageDict | Unchecked | None
    """The page that shows errors."""
    flags: TenantFlags | TenantFlagsDict | Unchecked | None
    """What is switched on and off."""
    sandbox_version: str | None
    """The version of the sandbox that runs custom code."""
    legacy_sandbox_version: str | None
    """The version of the sandbox that runs legacy custom code."""
    sandbox_versions_available: list[str] | None
    """The versions of the sandbox from which the tenant may choose."""
    change_password: CustomPage | CustomPageDict | Unchecked | None
    """The page on which users change their password."""
    guardian_mfa_page: CustomPage | CustomPageDict | Unchecked | None
    """The page on which users are asked for a second factor."""
    device_flow: DeviceFlowInsert | DeviceFlowInsertDict | Unchecked | None
    """The settings of the device authorization grant (RFC 8628)."""
    default_token_quota: DefaultTokenQuota | DefaultTokenQuotaDict | Unchecked | None
    """The quotas of clients and organizations without one of their own."""
    default_audience: str | None
    """The API that tokens are issued for when a request names none."""
    default_organization: str | None
    """The organization that is used when a request names none."""
    sessions: TenantSessions | TenantSessionsDict | Unchecked | None
    """The settings of sessions."""
    oidc_logout: TenantOidcLogout | TenantOidcLogoutDict | Unchecked | None
    """The settings of OpenID Connect logout."""
    allow_organization_name_in_authentication_api: bool | None
    """Whether the Authentication API accepts the name of an organization, beside its identifier."""
    customize_mfa_in_postlogin_action: bool | None
    """Whether an action after the sign-in decides about the second factor."""
    acr_values_supported: list[str] | None
    """The authentication context classes that the tenant supports."""
    mtls: Mtls | MtlsDict | Unchecked | None
    """The settings of mutual TLS."""
    pushed_authorization_requests_supported: bool | None
    """Whether pushed authorization requests are supported (RFC 9126)."""
    authorization_response_iss_parameter_supported: bool | None
    """Whether authorization responses contain ``iss`` (RFC 9207)."""
    deployment_type: DeploymentType
    """Whether the tenant shares its deployment or has one of its own."""
    provisioning_state: ProvisioningState
    """How far the provisioning of the tenant is."""
    provisioning_error: str | None
    """Why the provisioning failed."""
    provisioning_state_changed_at: Instant | None
    """When ``provisioning_state`` was last changed."""
    bundle_configuration: str | None
    """The configuration of the tenant's bundle."""
    worker_version: str | None
    """The version of the tenant's worker."""
    database_version: str | None
    """The version of the tenant's database."""
    worker_script_name: str | None
    """The name of the tenant's worker script."""
    storage_kind: StorageKind | None
    """Where the tenant's data is stored."""
    d1_database_id: str | None
    """The identifier of the tenant's D1 database."""
    attack_protection: AttackProtection | AttackProtectionDict | Unchecked | None
    """How the tenant protects itself against attacks."""
    mfa: TenantMfa | TenantMfaDict | Unchecked | None
    """The settings of multi-factor authentication."""


class TenantWhere(TypedDict, total=False):
    """The fields by which ``tenants`` are filtered."""

    id: TextIs
    friendly_name: TextIs
    deployment_type: TextIs
    provisioning_state: TextIs
    created_at: InstantIs


class ThemeCreate(TypedDict, total=False):
    """What ``themes`` takes for a new row."""

    borders: Required[Borders | BordersDict | Unchecked]
    """The borders of the widget, its buttons and inputs."""
    colors: Required[Colors | ColorsDict | Unchecked]
    """The colours of the page."""
    display_name: str
    """The name of the theme."""
    displayName: str
    """The name of the theme."""
    fonts: Required[Fonts | FontsDict | Unchecked]
    """The fonts of the page."""
    page_background: Required[PageBackground | PageBackgroundDict | Unchecked]
    """The background of the page."""
    widget: Required[Widget | WidgetDict | Unchecked]
    """The logo and the layout of the widget."""


class ThemeUpdate(TypedDict, total=False):
    """What ``themes`` updates."""

    borders: BordersUpdate | Unchecked | None
    """The borders of the widget, its buttons and inputs."""
    colors: ColorsUpdate | Unchecked | None
    """The colours of the page."""
    display_name: str
    """The name of the theme."""
    displayName: str
    """The name of the theme."""
    fonts: FontsUpdate | Unchecked | None
    """The fonts of the page."""
    page_background: PageBackgroundUpdate | Unchecked | None
    """The background of the page."""
    widget: WidgetUpdate | Unchecked | None
    """The logo and the layout of the widget."""


class UniversalLoginTemplateCreate(TypedDict, total=False):
    """What ``universal_login_templates`` takes for a new row."""

    body: Required[str]
    """The Liquid template of the page."""


class UserActivityUpdate(TypedDict, total=False):
    """What ``user_activity`` updates."""

    last_login: Instant | None
    """When the user last signed in."""
    last_ip: str | None
    """The IP address of the last sign-in."""
    login_count: int
    """The number of sign-ins."""
    failed_logins: list[str] | None
    """The failed sign-ins, in the form in which the server notes them."""
    last_password_reset: Instant | None
    """When the user last reset the password."""


class UserCreate(TypedDict, total=False):
    """What ``users`` takes for a new row."""

    email: str | None
    """The e-mail address, unique among the tenant's accounts of one provider."""
    username: str | None
    """The user name, unique among the tenant's accounts of one provider."""
    phone_number: str | None
    """The phone number, in E.164 format."""
    phone_verified: bool | None
    """Whether the user has proved that the phone number is theirs."""
    given_name: str | None
    """The given name."""
    family_name: str | None
    """The family name."""
    nickname: str | None
    """The nickname."""
    name: str | None
    """The full name."""
    picture: str | None
    """The address of the profile picture."""
    locale: str | None
    """The language of the user, as a language tag (BCP 47)."""
    linked_to: str | None
    """The ``user_id`` of the user that this account is linked to; absent if it is a user of its own."""
    profile_data: str | None
    """What the provider said about the user, as JSON text."""
    profileData: str | None
    """What the provider said about the user, as JSON text."""
    user_id: str | None
    """The identifier of the user: the provider, ``|``, and the identifier at the provider."""
    app_metadata: Any
    """Free-form data that the application writes and the user cannot change."""
    user_metadata: Any
    """Free-form data that the user may change, such as preferences."""
    middle_name: str | None
    """The middle name."""
    preferred_username: str | None
    """The name by which the user wishes to be referred to."""
    profile: str | None
    """The address of the user's profile page."""
    website: str | None
    """The address of the user's website."""
    gender: str | None
    """The gender."""
    birthdate: str | None
    """The date of birth, as YYYY-MM-DD; the year is 0000 if it is omitted, and the year alone is allowed."""
    zoneinfo: str | None
    """The IANA time zone."""
    address: Address | AddressDict | Unchecked | None
    """The postal address."""
    email_verified: bool
    """Whether the user has proved that the e-mail address is theirs."""
    verify_email: bool | None
    """Whether an e-mail for the verification of the address is to be sent; accepted and never stored."""
    last_ip: str | None
    """The IP address of the last sign-in."""
    last_login: Instant | None
    """When the user last signed in."""
    connection: Required[str]
    """The name of the connection that the account belongs to."""
    blocked: bool | None
    """Whether the user is blocked, and cannot sign in."""
    registration_completed_at: Instant | None
    """When the user completed the registration."""
    provider: str | None
    """The name of the provider; if it is omitted, that in ``user_id``, or ``auth0``."""
    is_social: bool | None
    """Whether the connection is a social one."""
    login_count: int | None
    """The number of sign-ins."""
    password: UserPassword | UserPasswordDict | Unchecked | None
    """The hash of the user's password, which is stored beside the user."""


class UserOrganizationCreate(TypedDict, total=False):
    """What ``user_organizations`` takes for a new row."""

    user_id: Required[str]
    """The identifier of the user."""
    organization_id: Required[str]
    """The identifier of the organization."""


class UserOrganizationUpdate(TypedDict, total=False):
    """What ``user_organizations`` updates."""

    user_id: str
    """The identifier of the user."""
    organization_id: str
    """The identifier of the organization."""


class UserOrganizationWhere(TypedDict, total=False):
    """The fields by which ``userOrganizations`` are filtered."""

    user_id: TextIs
    organization_id: TextIs


class UserPermissionCreate(TypedDict, total=False):
    """What ``user_permissions`` takes for a new row."""

    user_id: str
    """The identifier of the user."""
    resource_server_identifier: Required[str]
    """The identifier (audience) of the API."""
    permission_name: Required[str]
    """The name of the permission, which is a scope of the API."""
    organization_id: str | None
    """The identifier of the organization in which the permission is valid."""


class UserUpdate(TypedDict, total=False):
    """What ``users`` updates."""

    email: str | None
    """The e-mail address, unique among the tenant's accounts of one provider."""
    username: str | None
    """The user name, unique among the tenant's accounts of one provider."""
    phone_number: str | None
    """The phone number, in E.164 format."""
    phone_verified: bool | None
    """Whether the user has proved that the phone number is theirs."""
    given_name: str | None
    """The given name."""
    family_name: str | None
    """The family name."""
    nickname: str | None
    """The nickname."""
    name: str | None
    """The full name."""
    picture: str | None
    """The address of the profile picture."""
    locale: str | None
    """The language of the user, as a language tag (BCP 47)."""
    linked_to: str | None
    """The ``user_id`` of the user that this account is linked to; absent if it is a user of its own."""
    profile_data: str | None
    """What the provider said about the user, as JSON text."""
    profileData: str | None
    """What the provider said about the user, as JSON text."""
    app_metadata: Any
    """Free-form data that the application writes and the user cannot change."""
    user_metadata: Any
    """Free-form data that the user may change, such as preferences."""
    middle_name: str | None
    """The middle name."""
    preferred_username: str | None
    """The name by which the user wishes to be referred to."""
    profile: str | None
    """The address of the user's profile page."""
    website: str | None
    """The address of the user's website."""
    gender: str | None
    """The gender."""
    birthdate: str | None
    """The date of birth, as YYYY-MM-DD; the year is 0000 if it is omitted, and the year alone is allowed."""
    zoneinfo: str | None
    """The IANA time zone."""
    address: Address | AddressDict | Unchecked | None
    """The postal address."""
    email_verified: bool
    """Whether the user has proved that the e-mail address is theirs."""
    connection: str
    """The name of the connection that the account belongs to."""
    blocked: bool | None
    """Whether the user is blocked, and cannot sign in."""
    registration_completed_at: Instant | None
    """When the user completed the registration."""
    provider: str
    """The name of the provider; if it is omitted, that in ``user_id``, or ``auth0``."""
    is_social: bool
    """Whether the connection is a social one."""
    verify_email: bool | None
    """Whether an e-mail for the verification of the address is to be sent; accepted and never stored."""
    last_ip: str | None
    """The IP address of the last sign-in."""
    last_login: Instant | None
    """When the user last signed in."""
    login_count: int | None
    """The number of sign-ins."""


class UserWhere(TypedDict, total=False):
    """The fields by which ``users`` are filtered."""

    user_id: TextIs
    email: TextIs
    email_verified: TruthIs
    username: TextIs
    phone_number: TextIs
    phone_verified: TruthIs
    name: TextIs
    given_name: TextIs
    family_name: TextIs
    nickname: TextIs
    picture: TextIs
    locale: TextIs
    linked_to: TextIs
    provider: TextIs
    connection: TextIs
    is_social: TruthIs
    blocked: TruthIs
    last_ip: TextIs
    last_login: InstantIs
    login_count: NumberIs
    created_at: InstantIs
    updated_at: InstantIs
